import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatMenuModule } from '@angular/material/menu';
import { MatSelectModule } from '@angular/material/select';
import { MatTooltipModule } from '@angular/material/tooltip';
import { Router, RouterLink } from '@angular/router';
import type { ListPackages$Params, PackageDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { valueOf } from '../shared/loadable';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { downloadPath, PackageActions } from './package-actions';
import { PackageStore } from './package-store';
import { stages, type Stage, statuses, statusWords } from './status-words';
import { UploadPanel } from './upload-panel';
import { UploadQueue } from './upload-queue';

const PAGE_SIZE = 50;
const SEARCH_DELAY_MS = 250;
const REFRESH_MS = 5_000;
const REFRESH_BUSY_MS = 1_000;

type SortField = 'filename' | 'size' | 'stage' | 'status' | 'created';

/** The packages of this server. Search, filters and order are in the address, so that they can be shared and gone back to. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    Chip,
    FormsModule,
    MatButtonModule,
    MatFormFieldModule,
    MatInputModule,
    MatMenuModule,
    MatSelectModule,
    MatTooltipModule,
    RouterLink,
    UploadPanel,
    When,
  ],
  templateUrl: './package-list.html',
  styleUrl: './package-list.scss',
})
export class PackageList {
  private readonly store = inject(PackageStore);
  private readonly actions = inject(PackageActions);
  private readonly router = inject(Router);
  private readonly queue = inject(UploadQueue);

  /** From the address. */
  readonly q = input<string>();
  readonly stage = input<string>();
  readonly status = input<string>();
  readonly sort = input<string>();

  protected readonly stages = stages;
  protected readonly statuses = statuses;
  protected readonly words = statusWords;
  protected readonly columns: readonly { field: SortField; label: string; isNumber?: boolean; isForWide?: boolean }[] = [
    { field: 'filename', label: 'Filename' },
    { field: 'size', label: 'Size', isNumber: true, isForWide: true },
    { field: 'stage', label: 'Stage' },
    { field: 'status', label: 'State' },
    { field: 'created', label: 'Uploaded', isForWide: true },
  ];
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly page = this.store.page;
  protected readonly rows = computed(() => valueOf(this.page())?.items ?? []);
  protected readonly isFiltered = computed(() => Boolean(this.q() ?? this.stage() ?? this.status()));
  protected readonly order = computed(() => this.sort() ?? 'filename');
  /** Cursors of the pages before this one. */
  protected readonly trail = signal<readonly (string | undefined)[]>([]);
  private readonly cursor = signal<string | undefined>(undefined);
  private searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.queue.changes();
      void this.store.load(this.params());
    });
    const isMoving = () => this.rows().some(({ status }) => status === 'Downloading' || status === 'Waiting');
    pollWhileVisible(
      () => this.store.load(this.params()),
      () => (isMoving() ? REFRESH_BUSY_MS : REFRESH_MS),
    );
  }

  protected readonly downloadPath = downloadPath;

  protected search(text: string): void {
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => this.show({ q: text.trim() || null }), SEARCH_DELAY_MS);
  }

  /** Changes the address; the list follows it. */
  protected show(queryParams: Record<string, string | null>): void {
    this.trail.set([]);
    this.cursor.set(undefined);
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected sortBy(field: SortField): void {
    this.show({ sort: this.order() === field ? `-${field}` : field });
  }

  protected direction(field: SortField): 'ascending' | 'descending' | 'none' {
    if (this.order() === field) return 'ascending';
    return this.order() === `-${field}` ? 'descending' : 'none';
  }

  protected nextPage(cursor: string): void {
    this.trail.update((trail) => [...trail, this.cursor()]);
    this.cursor.set(cursor);
  }

  protected previousPage(): void {
    this.cursor.set(this.trail().at(-1));
    this.trail.update((trail) => trail.slice(0, -1));
  }

  protected async setStage(row: PackageDto, stage: Stage): Promise<void> {
    await this.actions.setStage(row, stage);
    await this.store.load(this.params());
  }

  protected async remove(row: PackageDto): Promise<void> {
    if (await this.actions.remove(row)) await this.store.load(this.params());
  }

  protected retry(): void {
    void this.store.load(this.params());
  }

  private readonly params = computed((): ListPackages$Params => {
    const wishes = { q: this.q(), stage: this.stage(), status: this.status(), cursor: this.cursor() };
    const given = Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined && value !== ''));
    return { ...given, sort: this.order() as NonNullable<ListPackages$Params['sort']>, limit: PAGE_SIZE };
  });
}
