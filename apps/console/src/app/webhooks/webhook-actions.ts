import { inject, Injectable } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import {
  deleteWebhook,
  type DeliveryDto,
  redeliverWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
  type WebhookDto,
} from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { troubleOf } from './delivery-words';
import { SecretDialog, type Shown } from './secret-dialog';
import { type Saved, WebhookDialog, type Wanted } from './webhook-dialog';
import { WebhookStore } from './webhook-store';

/** What can be done with a webhook, from the list and from its page: asks, does it, and says what came of it. */
@Injectable({ providedIn: 'root' })
export class WebhookActions {
  private readonly store = inject(WebhookStore);
  private readonly confirm = inject(Confirm);
  private readonly dialog = inject(MatDialog);
  private readonly notices = inject(Notices);

  /** The new one; undefined when nothing came of it. A program needs what it checks messages with; a chat does not. */
  async add(format: WebhookDto['format']): Promise<WebhookDto | undefined> {
    const saved = await this.ask({ webhook: null, format });
    if (saved) this.notices.done($localize`Events are sent to ${saved.name} from now on.`);
    if (saved && 'secret' in saved && saved.format !== 'slack' && saved.format !== 'teams')
      this.show({ webhook: saved, secret: saved.secret, isNew: true });
    return saved;
  }

  async edit(webhook: WebhookDto): Promise<void> {
    const saved = await this.ask({ webhook, format: webhook.format });
    if (saved) this.notices.done($localize`${saved.name} is changed.`);
  }

  async test({ id, name }: WebhookDto): Promise<void> {
    this.notices.done($localize`Sending a test to ${name}…`);
    await this.report(() => this.store.test(id), $localize`The test arrived at ${name}.`, curlOf(testWebhook, { id }));
  }

  async redeliver({ id, name }: WebhookDto, delivery: DeliveryDto): Promise<void> {
    const params = { id, delivery_id: delivery.id };
    const done = $localize`It was sent again, and arrived at ${name}.`;
    await this.report(() => this.store.redeliver(id, delivery.id), done, curlOf(redeliverWebhook, params));
  }

  async setEnabled({ id, name }: WebhookDto, enabled: boolean): Promise<void> {
    const curl = curlOf(updateWebhook, { id, body: { enabled } });
    const done = enabled ? $localize`Events are sent to ${name} again.` : $localize`No events are sent to ${name} any more.`;
    const undo = async (): Promise<void> => {
      await this.notices.attempt(() => this.store.change(id, { enabled: !enabled }));
      await this.refresh(id);
    };
    await this.notices.attempt(() => this.store.change(id, { enabled }), done, { curl, undo });
  }

  /** True when it is gone. */
  async remove({ id, name }: WebhookDto): Promise<boolean> {
    const title = $localize`Delete ${name}?`;
    const text = $localize`No events are sent to it any more, and its deliveries are deleted with it. This cannot be undone. To stop it for a while, disable it.`;
    if (!(await this.confirm.ask({ title, text, action: $localize`Delete`, curl: curlOf(deleteWebhook, { id }) }))) return false;
    return this.notices.attempt(() => this.store.remove(id), $localize`${name} was deleted.`);
  }

  async showSecret(webhook: WebhookDto): Promise<void> {
    await this.notices.attempt(async () => this.show({ webhook, secret: await this.store.secretOf(webhook.id), isNew: false }));
  }

  async rotate({ id, name }: WebhookDto): Promise<void> {
    const title = $localize`A new secret for ${name}?`;
    const text = $localize`For a day, messages are signed with the former secret, too, so that you can change the receiver without a gap.`;
    const question = { title, text, action: $localize`Make a new secret`, curl: curlOf(rotateWebhookSecret, { id }) };
    if (!(await this.confirm.ask(question))) return;
    await this.notices.attempt(async () => {
      const webhook = await this.store.rotate(id);
      this.show({ webhook, secret: webhook.secret, isNew: true });
    });
  }

  private ask(wanted: Wanted): Promise<Saved | undefined> {
    return firstValueFrom(this.dialog.open<WebhookDialog, Wanted, Saved>(WebhookDialog, { data: wanted, width: '560px' }).afterClosed());
  }

  /** Both pages show it. */
  private refresh(id: number): Promise<unknown> {
    return Promise.all([this.store.load(), this.store.refresh(id)]);
  }

  private show(shown: Shown): void {
    this.dialog.open<SecretDialog, Shown>(SecretDialog, { data: shown, width: '560px' });
  }

  private async report(send: () => Promise<DeliveryDto>, arrived: string, curl: string): Promise<void> {
    try {
      const sent = await send();
      const open = $localize`It is on its way. Its page shows what becomes of it.`;
      const outcome = sent.state === 'delivered' ? arrived : (troubleOf(sent) ?? open);
      const words = sent.response_body?.trim().slice(0, 200) ?? '';
      this.notices.done(words === '' ? outcome : $localize`${outcome} The receiver said: ${words}`, { curl });
    } catch (error) {
      this.notices.failed(error);
    }
  }
}
