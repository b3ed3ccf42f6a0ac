import { ChangeDetectionStrategy, Component, computed, DestroyRef, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api, getNetwork, type NetworkDto } from '#libs/api-client';
import { PageTitle } from './page-title';

/** Not with each event: the state of a large mesh takes a moment to compute. Milliseconds. */
const REFRESH_MS = 15_000;

/** In the header of every page: which server this is, its stage, and how many servers of the mesh are in sync. */
@Component({
  selector: 'ods-server-chip',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink],
  template: `
    @if (network(); as mesh) {
      <a class="chip" routerLink="/network" [class.troubled]="isTroubled()">
        <strong>{{ own()?.name }}</strong>
        <span class="more stage" i18n>Stage {{ own()?.stage }}</span>
        @if (mesh.totals.servers > 1) {
          <span class="more" i18n>{{ mesh.totals.in_sync }} of {{ mesh.totals.servers }} in sync</span>
        }
      </a>
    }
  `,
  styles: `
    .chip {
      display: flex;
      flex-wrap: wrap;
      gap: 0 8px;
      flex: none;
      max-width: 150px;
      padding: 4px 10px;
      border: 1px solid var(--ods-line);
      border-radius: 6px;
      color: inherit;
      font-size: 12px;
      line-height: 16px;
      text-decoration: none;
    }
    strong {
      flex-basis: 100%;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .more {
      color: var(--ods-muted);
      white-space: nowrap;
    }
    .troubled .more:last-child {
      color: var(--mat-sys-error);
    }
    /* Both fit beside all tabs only on wide screens. */
    .stage:not(:last-child) {
      display: none;
    }
    @media (min-width: 1400px) {
      .chip {
        max-width: 260px;
      }
      .stage:not(:last-child) {
        display: inline;
      }
    }
    @media (max-width: 600px) {
      .more {
        display: none;
      }
    }
  `,
})
export class ServerChip {
  private readonly api = inject(Api);
  private readonly title = inject(PageTitle);

  protected readonly network = signal<NetworkDto | null>(null);
  protected readonly own = computed(() => this.network()?.servers.find(({ relation }) => relation === 'self'));
  protected readonly isTroubled = computed(
    () => this.network()?.servers.some(({ status }) => status === 'silent' || status === 'unreachable') ?? false,
  );

  constructor() {
    void this.load();
    const timer = setInterval(() => {
      if (!document.hidden) void this.load();
    }, REFRESH_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  /** While the server does not answer, what it last said stays; the shell says that it is unreachable. */
  private async load(): Promise<void> {
    const network = await this.api.invoke(getNetwork, {}).catch(() => null);
    if (network === null) return;
    this.network.set(network);
    this.title.nameServer(this.own()?.name ?? '');
  }
}
