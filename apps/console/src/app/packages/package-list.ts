import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatMenuModule } from '@angular/material/menu';
import { MatSelectModule } from '@angular/material/select';
import { MatTooltipModule } from '@angular/material/tooltip';
import { Router, RouterLink } from '@angular/router';
import { listPackages, type ListPackages$Params, type PackageDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { BytesPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { valueOf } from '../shared/loadable';
import { Pages } from '../shared/pages';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { Downloads } from './downloads';
import { downloadPath, PackageActions } from './package-actions';
import { PackageStore } from './package-store';
import { pendingMeaning, stages, type Stage, statuses, statusWords } from './status-words';
import { titleLine } from './title-line';
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
    BytesPipe,
    Chip,
    FormsModule,
    CopyButton,
    MatButtonModule,
    MatCheckboxModule,
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
  protected readonly labels = labels;
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
  protected readonly pendingMeaning = pendingMeaning;
  protected readonly columns: readonly { field: SortField; label: string; isNumber?: boolean; isForWide?: boolean }[] = [
    { field: 'filename', label: $localize`Filename` },
    { field: 'size', label: $localize`Size`, isNumber: true, isForWide: true },
    { field: 'stage', label: $localize`Stage` },
    { field: 'status', label: $localize`State` },
    { field: 'created', label: $localize`Uploaded`, isForWide: true },
  ];
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly page = this.store.page;
  protected readonly rows = computed(() => valueOf(this.page())?.items ?? []);
  protected readonly isFiltered = computed(() => Boolean(this.q() ?? this.stage() ?? this.status()));
  protected readonly order = computed(() => this.sort() ?? 'filename');
  protected readonly pages = new Pages();
  private readonly marked = signal<ReadonlySet<number>>(new Set());
  /** Chosen rows as they are now; a row that went away is no longer chosen. */
  protected readonly chosen = computed(() => this.rows().filter(({ id }) => this.marked().has(id)));
  protected readonly isAllChosen = computed(() => this.rows().length > 0 && this.chosen().length === this.rows().length);
  protected readonly curl = computed(() => curlOf(listPackages, this.params()));
  /** By content: how much of it is here, of those on their way. */
  protected readonly percents = this.store.percents;
  private searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    void this.downloads.load();
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
  protected readonly downloads = inject(Downloads);
  protected readonly titleLine = titleLine;

  /** Null for the last one. */
  protected laterStage = ({ stage }: PackageDto): Stage | null => stages[stages.indexOf(stage) + 1] ?? null;

  protected search(text: string): void {
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => this.show({ q: text.trim() || null }), SEARCH_DELAY_MS);
  }

  /** Changes the address; the list follows it. */
  protected show(queryParams: Record<string, string | null>): void {
    this.pages.restart();
    this.marked.set(new Set());
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }

  protected sortBy(field: SortField): void {
    this.show({ sort: this.order() === field ? `-${field}` : field });
  }

  protected direction(field: SortField): 'ascending' | 'descending' | 'none' {
    if (this.order() === field) return 'ascending';
    return this.order() === `-${field}` ? 'descending' : 'none';
  }

  protected choose(row: PackageDto, isChosen: boolean): void {
    this.marked.update((before) => {
      const after = new Set(before);
      if (isChosen) after.add(row.id);
      else after.delete(row.id);
      return after;
    });
  }

  protected chooseAll(isChosen: boolean): void {
    this.marked.set(new Set(isChosen ? this.rows().map(({ id }) => id) : []));
  }

  protected async setStage(rows: readonly PackageDto[], stage: Stage): Promise<void> {
    await this.actions.setStage(rows, stage);
    await this.settle();
  }

  protected async remove(rows: readonly PackageDto[]): Promise<void> {
    if (await this.actions.remove(rows)) await this.settle();
  }

  private async settle(): Promise<void> {
    this.marked.set(new Set());
    await this.store.load(this.params());
  }

  protected retry(): void {
    void this.store.load(this.params());
  }

  private readonly params = computed((): ListPackages$Params => {
    const filters = { q: this.q(), stage: this.stage(), status: this.status(), cursor: this.pages.cursor() };
    const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''));
    return { ...given, sort: this.order() as NonNullable<ListPackages$Params['sort']>, limit: PAGE_SIZE };
  });
}
