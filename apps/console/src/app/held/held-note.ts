import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Api, type HeldChangeListDto, listHeldChanges } from '#libs/api-client';
import { Session } from '../session/session';
import { pollWhileVisible } from '../shared/poll';

const REFRESH_MS = 5_000;

/** Says that changes are held here, which is why servers differ: all of them, or the one of a package. Nothing when there are none. */
@Component({
  selector: 'ods-held-note',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [RouterLink],
  template: `
    @if (own(); as change) {
      <p>
        <ng-container i18n
          >{{ change.peer_name ?? change.peer_iss }} changed or deleted it, together with many others. It stays as it is here until an
          administrator decides: this may be why other servers differ.</ng-container
        >&ngsp;<a routerLink="/held" i18n>Decide</a>
      </p>
    } @else if (filename() === null && held()?.total) {
      <p>
        <ng-container i18n
          >{held()?.total, plural, =1 {1 package was} other {{{ held()?.total }} packages were}} changed or deleted elsewhere, and kept here
          until an administrator decides. Until then servers differ.</ng-container
        >&ngsp;<a routerLink="/held" i18n>Decide</a>
      </p>
    }
  `,
  styles: `
    p {
      margin: 6px 0;
      color: var(--ods-warn);
    }
  `,
})
export class HeldNote {
  private readonly api = inject(Api);
  private readonly isAdmin = inject(Session).isAdmin;

  /** Only about this package; null: about all. */
  readonly filename = input<string | null>(null);

  protected readonly held = signal<HeldChangeListDto | null>(null);
  protected readonly own = computed(() => this.held()?.items.find(({ filename }) => filename === this.filename()));

  constructor() {
    if (!this.isAdmin()) return;
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  private async load(): Promise<void> {
    try {
      this.held.set(await this.api.invoke(listHeldChanges, {}));
    } catch {
      // It is asked again soon; the frame says when the server is away.
    }
  }
}
