import { ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { firstValueFrom } from 'rxjs';
import { Api, listMunkiItems, type MunkiItemDto, type MunkiItemsDto } from '#libs/api-client';
import { Session } from '../session/session';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { Pages } from '../shared/pages';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { MunkiPromote, type PromotedItem } from './munki-promote';

const PAGE_SIZE = 50;
const SEARCH_DELAY_MS = 250;

/** Items of the Munki repository and their catalogs; publishers promote them. */
@Component({
  selector: 'ods-munki-items',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatSelectModule, When],
  templateUrl: './munki-items.html',
  styles: `
    h2,
    p {
      margin: 0;
    }
    td p {
      overflow-wrap: anywhere;
    }
    .bar {
      padding: 12px 20px;
    }
  `,
})
export class MunkiItems {
  private readonly api = inject(Api);
  private readonly dialog = inject(MatDialog);
  private readonly notices = inject(Notices);

  /** Names of the catalogs that there are. */
  readonly catalogs = input.required<readonly string[]>();
  /** An item was promoted. */
  readonly changed = output();

  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly shown = signal<Loadable<MunkiItemsDto>>(loading);
  protected readonly pages = new Pages();
  protected readonly text = signal('');
  protected readonly catalog = signal('');
  protected readonly own = computed(() => this.catalogs().filter((name) => name !== 'all'));
  private readonly params = computed(() => {
    const [q, catalog, cursor] = [this.text(), this.catalog(), this.pages.cursor()];
    return { limit: PAGE_SIZE, ...(q && { q }), ...(catalog && { catalog }), ...(cursor !== undefined && { cursor }) };
  });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.params();
      this.catalogs(); // what is listed changes with them
      void this.load();
    });
  }

  protected search(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pages.restart();
      this.text.set(text.trim());
    }, SEARCH_DELAY_MS);
  }

  protected filter(catalog: string): void {
    this.pages.restart();
    this.catalog.set(catalog);
  }

  protected label = ({ name, version }: MunkiItemDto): string => $localize`Promote ${name} ${version}`;

  protected async promote(item: MunkiItemDto): Promise<void> {
    const data = { item, catalogs: this.catalogs() };
    const opened = this.dialog.open<MunkiPromote, PromotedItem, boolean>(MunkiPromote, { data, width: '480px', maxWidth: '96vw' });
    if (!(await firstValueFrom(opened.afterClosed()))) return;
    this.notices.done($localize`Promoted ${item.name} ${item.version}.`);
    await this.load();
    this.changed.emit();
  }

  private async load(): Promise<void> {
    const params = this.params();
    try {
      const list = await this.api.invoke(listMunkiItems, params);
      if (params === this.params()) this.shown.set({ status: 'ready', value: list });
    } catch (error) {
      if (params === this.params()) this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
