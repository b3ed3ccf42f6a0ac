import { ChangeDetectionStrategy, Component, effect, inject, input, numberAttribute, untracked } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatMenuModule } from '@angular/material/menu';
import { Router, RouterLink } from '@angular/router';
import type { DeliveryDto, WebhookDto } from '#libs/api-client';
import { wordsOf } from '../audit/audit-words';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { DeliveryTable } from './delivery-table';
import { WebhookActions } from './webhook-actions';
import { WebhookStore } from './webhook-store';

const REFRESH_MS = 3_000;

/** One webhook: its events and its deliveries. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, DeliveryTable, MatButtonModule, MatMenuModule, RouterLink, When],
  templateUrl: './webhook-page.html',
  styles: `
    p {
      margin: 0;
    }
  `,
})
export class WebhookPage {
  private readonly store = inject(WebhookStore);
  private readonly actions = inject(WebhookActions);
  private readonly router = inject(Router);

  /** From the address. */
  readonly id = input.required({ transform: numberAttribute });

  protected readonly state = this.store.open;
  protected readonly wordsOf = wordsOf;

  constructor() {
    effect(() => {
      const id = this.id();
      untracked(() => void this.store.watch(id));
    });
    pollWhileVisible(
      () => this.store.refresh(this.id()),
      () => REFRESH_MS,
    );
  }

  protected test = (webhook: WebhookDto): Promise<void> => this.then(this.actions.test(webhook));
  protected edit = (webhook: WebhookDto): Promise<void> => this.then(this.actions.edit(webhook));
  protected rotate = (webhook: WebhookDto): Promise<void> => this.then(this.actions.rotate(webhook));
  protected showSecret = (webhook: WebhookDto): Promise<void> => this.actions.showSecret(webhook);
  protected setEnabled = (webhook: WebhookDto, enabled: boolean): Promise<void> => this.then(this.actions.setEnabled(webhook, enabled));
  protected redeliver = (webhook: WebhookDto, delivery: DeliveryDto): Promise<void> => this.then(this.actions.redeliver(webhook, delivery));

  protected async remove(webhook: WebhookDto): Promise<void> {
    if (await this.actions.remove(webhook)) await this.router.navigateByUrl('/webhooks');
  }

  private async then(deed: Promise<unknown>): Promise<void> {
    await deed;
    await this.store.refresh(this.id());
  }
}
