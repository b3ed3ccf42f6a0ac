import { BreakpointObserver } from '@angular/cdk/layout';
import { ChangeDetectionStrategy, Component, computed, effect, inject, input, linkedSignal, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { Router, RouterLink } from '@angular/router';
import { listNetworkPackages, type ListNetworkPackages$Params, type PackageAtServerDto } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { EntryLink } from '../shared/entry-link';
import { LocalTimesPipe } from '../shared/format';
import { valueOf } from '../shared/loadable';
import { Pages } from '../shared/pages';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { cellsOf, columnsOf } from './matrix-columns';
import { MatrixStore } from './matrix-store';
import { holdingWords } from './mesh-words';

const REFRESH_MS = 5_000;
const PAGE_SIZE = 25;
/** Servers beside each other that can still be read. */
const COLUMNS_WIDE = 7;
const COLUMNS_NARROW = 2;

/** Which package is on which server of the network, and why it is not where it is not. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    Chip,
    CopyButton,
    EntryLink,
    FormsModule,
    LocalTimesPipe,
    MatButtonModule,
    MatCheckboxModule,
    MatFormFieldModule,
    MatInputModule,
    MatSelectModule,
    RouterLink,
    When,
  ],
  templateUrl: './matrix.html',
  styleUrl: './matrix.scss',
})
export class Matrix {
  private readonly store = inject(MatrixStore);
  private readonly router = inject(Router);

  /** From the address: `all`, or those that are not everywhere. */
  readonly state = input<string>();

  protected readonly words = holdingWords;
  protected readonly page = this.store.page;
  protected readonly pages = new Pages();
  protected readonly isAll = computed(() => this.state() === 'all');
  protected readonly rows = computed(() => valueOf(this.page())?.items ?? []);
  protected readonly serverName = signal('');
  protected readonly isLackingOnly = signal(false);
  protected readonly columns = computed(() => columnsOf(this.rows(), this.serverName(), this.isLackingOnly()));
  private readonly narrow = toSignal(inject(BreakpointObserver).observe('(max-width: 600px)'));
  protected readonly perPage = computed(() => (this.narrow()?.matches ? COLUMNS_NARROW : COLUMNS_WIDE));
  /** The first column that is shown; filters begin again. */
  protected readonly first = linkedSignal<unknown, number>({
    source: () => [this.serverName(), this.isLackingOnly(), this.perPage()],
    computation: () => 0,
  });
  protected readonly shown = computed(() => this.columns().slice(this.first(), this.first() + this.perPage()));
  protected readonly lines = computed(() => this.rows().map((row) => ({ row, cells: cellsOf(row, this.shown()) })));
  /** `package id, ISS ID` of the cell whose sentence is shown. */
  protected readonly opened = signal<string | null>(null);
  protected readonly curl = computed(() => curlOf(listNetworkPackages, this.params()));

  constructor() {
    effect(() => void this.store.load(this.params()));
    pollWhileVisible(
      () => this.store.load(this.params()),
      () => REFRESH_MS,
    );
  }

  protected show(state: 'all' | null): void {
    this.pages.restart();
    void this.router.navigate([], { queryParams: { state }, replaceUrl: true });
  }

  protected toggle(id: number, { iss }: PackageAtServerDto): void {
    const cell = `${id},${iss}`;
    this.opened.update((open) => (open === cell ? null : cell));
  }

  /** What stands in a cell: a word, or how much is there. */
  protected word({ state, percent }: PackageAtServerDto): string {
    return state === 'on_its_way' && percent !== null ? `${percent} %` : this.words[state][1];
  }

  private readonly params = computed((): ListNetworkPackages$Params => {
    const cursor = this.pages.cursor();
    return { state: this.isAll() ? 'all' : 'incomplete', limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) };
  });
}
