import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { Router } from '@angular/router';
import { Api, type AuditEventDto, exportAudit$Csv, exportAudit$Jsonl, listAudit, type ListAudit$Params } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { kinds, linesOf, wordsOf } from './audit-words';

interface Page {
  readonly items: readonly AuditEventDto[];
  readonly next: string | null;
}

type Filter = Pick<ListAudit$Params, 'actor' | 'action' | 'subject' | 'since'>;

const PAGE_SIZE = 50;
const TYPING_MS = 300;
const RETRY_MS = 3_000;

/** Who did what, when, and from where. The filter is in the address. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatSelectModule, When],
  templateUrl: './audit.html',
  styles: `
    p {
      margin: 0;
    }
    .filters,
    .footer {
      padding: 16px 20px;
    }
    .filters mat-form-field {
      flex: 1 1 150px;
    }
    .what {
      white-space: nowrap;
      order: -1;
    }
    .subject,
    .details {
      min-width: 180px;
      overflow-wrap: anywhere;
    }
    td {
      vertical-align: top !important;
    }
  `,
})
export class Audit {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly notices = inject(Notices);
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** What is not yet in the address. */
  private typed: Record<string, string | null> = {};

  /** From the address. */
  readonly actor = input<string>();
  readonly action = input<string>();
  readonly subject = input<string>();
  readonly since = input<string>();

  protected readonly kinds = kinds;
  protected readonly words = wordsOf;
  protected readonly lines = linesOf;
  protected readonly state = signal<Loadable<Page>>(loading);
  protected readonly isLoadingMore = signal(false);
  protected readonly filter = computed((): Filter => {
    const filters = { actor: this.actor(), action: this.action(), subject: this.subject(), since: this.since() };
    return Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  });
  protected readonly curl = computed(() => curlOf(listAudit, { ...this.filter(), limit: PAGE_SIZE }));

  constructor() {
    effect(() => void this.load(this.filter()));
    // What is read stays as it is; only what could not be loaded is asked for again.
    pollWhileVisible(
      async () => void (this.state().status === 'failed' && (await this.load(this.filter()))),
      () => RETRY_MS,
    );
  }

  protected show(queryParams: Record<string, string | null>): void {
    clearTimeout(this.typing);
    this.typed = { ...this.typed, ...queryParams };
    this.typing = setTimeout(() => {
      void this.router.navigate([], { queryParams: this.typed, queryParamsHandling: 'merge', replaceUrl: true });
      this.typed = {};
    }, TYPING_MS);
  }

  protected async more(cursor: string): Promise<void> {
    const before = this.state();
    if (before.status !== 'ready' || this.isLoadingMore()) return;
    this.isLoadingMore.set(true);
    await this.notices.attempt(async () => {
      const { items, next } = await this.api.invoke(listAudit, { ...this.filter(), limit: PAGE_SIZE, cursor });
      this.state.set({ status: 'ready', value: { items: [...before.value.items, ...items], next } });
    });
    this.isLoadingMore.set(false);
  }

  protected async save(format: 'csv' | 'jsonl'): Promise<void> {
    await this.notices.attempt(async () => {
      const content =
        format === 'csv'
          ? await this.api.invoke(exportAudit$Csv, { ...this.filter(), format })
          : await this.api.invoke(exportAudit$Jsonl, { ...this.filter(), format });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(content);
      link.download = `audit.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  private async load(filter: Filter): Promise<void> {
    try {
      const value = await this.api.invoke(listAudit, { ...filter, limit: PAGE_SIZE });
      if (filter === this.filter()) this.state.set({ status: 'ready', value });
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
