import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { WebhookDto } from '#libs/api-client';
import { wordsOf } from '../audit/audit-words';
import { Chip } from '../shared/chip';
import { labels } from '../shared/labels';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { outcomeOf, troubleOf } from './delivery-words';
import { choiceInWords } from './event-groups';
import { WebhookActions } from './webhook-actions';
import { WebhookStore } from './webhook-store';

const REFRESH_MS = 5_000;

/** Chats and programs that receive this server's events. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, MatButtonModule, MatMenuModule, RouterLink, When],
  templateUrl: './webhooks.html',
  styles: `
    p {
      margin: 0;
    }
    .address {
      max-width: 42ch;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .narrow-only {
      display: none;
    }
    @media (max-width: 600px) {
      .narrow-only {
        display: block;
      }
      td:first-child {
        overflow-wrap: anywhere;
      }
    }
    .empty .row {
      justify-content: center;
    }
    .trouble {
      min-width: 12ch;
      max-width: 46ch;
    }
  `,
})
export class Webhooks {
  protected readonly labels = labels;
  private readonly store = inject(WebhookStore);
  private readonly actions = inject(WebhookActions);
  private readonly router = inject(Router);

  protected readonly state = this.store.webhooks;
  protected readonly wordsOf = wordsOf;
  protected readonly outcomeOf = outcomeOf;
  protected readonly troubleOf = troubleOf;
  protected readonly choiceInWords = choiceInWords;

  constructor() {
    void this.store.load();
    pollWhileVisible(
      () => this.store.load(),
      () => REFRESH_MS,
    );
  }

  protected async add(format: WebhookDto['format']): Promise<void> {
    const added = await this.actions.add(format);
    if (added) await this.router.navigate(['/webhooks', added.id]);
  }

  protected edit = (webhook: WebhookDto): Promise<void> => this.then(this.actions.edit(webhook));
  protected test = (webhook: WebhookDto): Promise<void> => this.then(this.actions.test(webhook));
  protected remove = (webhook: WebhookDto): Promise<void> => this.then(this.actions.remove(webhook));
  protected setEnabled = (webhook: WebhookDto, enabled: boolean): Promise<void> => this.then(this.actions.setEnabled(webhook, enabled));

  private async then(deed: Promise<unknown>): Promise<void> {
    await deed;
    await this.store.load();
  }
}
