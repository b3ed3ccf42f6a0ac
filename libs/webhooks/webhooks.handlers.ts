import { Injectable, Logger } from '@nestjs/common';
import type { Webhook } from '#libs/entities/webhook.entity.js';
import type { WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { parseRetryAfter, waitAfter } from './retry-schedule.js';
import { signatureOf } from './signature.js';
import { WebhookKeys } from './webhook-keys.js';
import { type Sent, WebhookSender } from './webhook-sender.js';
import { WebhookRepository } from './webhook.repository.js';
import { DeliverWebhook, PurgeDeliveries } from './webhooks.jobs.js';

const MS_PER_DAY = 86_400_000;
const GONE = 410;

/** Some receivers answer 200 and say in words that they did nothing: the connectors of Microsoft Teams do. */
const refusal = /^Webhook message delivery failed|^Summary or Text is required/i;

const isSuccess = ({ status, body }: Sent): boolean => status !== null && status >= 200 && status <= 299 && !refusal.test(body ?? '');

const faultOf = ({ status, body }: Sent): string =>
  status !== null && status <= 299 ? `Answered ${status} and said: ${(body ?? '').slice(0, 200)}` : `Answered ${status}.`;

@Injectable()
export class DeliverWebhookHandler extends JobHandler<{ id: string }> {
  readonly type = DeliverWebhook;
  private readonly logger = new Logger(DeliverWebhookHandler.name);

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly keys: WebhookKeys,
    private readonly sender: WebhookSender,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ id }: { id: string }): Promise<void> {
    const delivery = await this.webhooks.findDelivery(id);
    const webhook = delivery && (await this.webhooks.find(delivery.webhookId));
    if (!delivery || !webhook || delivery.state !== 'pending') return;
    if (!webhook.enabled) return this.giveUp(delivery, 'The webhook is switched off.');
    const waitMs = (delivery.nextAttemptMs ?? 0) - this.clock.now();
    if (waitMs > 0) throw new JobPostponed(waitMs, 'It is not yet time.'); // the queue was refilled from the table
    await this.attempt(webhook, delivery);
  }

  private async attempt(webhook: Webhook, delivery: WebhookDelivery): Promise<void> {
    const { id, body, contentType } = delivery;
    const timestamp = Math.floor(this.clock.now() / 1_000);
    const signature = signatureOf({ id, timestamp, body }, this.keys.open(webhook, this.clock.now()));
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
      'content-type': contentType,
    };
    const sent = await this.sender.send(webhook.url, headers, body);
    const attempts = delivery.attempts + 1;
    const updatedMs = this.clock.now();
    const outcome = {
      ...{ attempts, updatedMs, responseStatus: sent.status, responseBody: sent.body },
      ...{ durationMs: sent.durationMs, lastError: isSuccess(sent) ? null : (sent.error ?? faultOf(sent)) },
    };
    if (isSuccess(sent)) return this.webhooks.updateDelivery(id, { ...outcome, state: 'delivered', nextAttemptMs: null });
    if (sent.status === GONE) await this.disable(webhook);
    const waitMs = sent.status === GONE ? null : waitAfter(attempts, parseRetryAfter(sent.retryAfter, updatedMs));
    if (waitMs === null) return this.webhooks.updateDelivery(id, { ...outcome, state: 'failed', nextAttemptMs: null });
    await this.webhooks.updateDelivery(id, { ...outcome, nextAttemptMs: updatedMs + waitMs });
    throw new JobPostponed(waitMs, outcome.lastError ?? '');
  }

  private async disable({ id, name }: Webhook): Promise<void> {
    this.logger.warn(`The webhook ${name} answered 410 Gone and was switched off.`);
    await this.webhooks.update(id, { enabled: false, disabledReason: 'Its address answered 410 Gone.' });
  }

  private async giveUp({ id }: WebhookDelivery, lastError: string): Promise<void> {
    await this.webhooks.updateDelivery(id, { state: 'failed', lastError, nextAttemptMs: null, updatedMs: this.clock.now() });
  }
}

@Injectable()
export class PurgeDeliveriesHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeDeliveries;

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    await this.webhooks.removeDeliveriesBefore(this.clock.now() - this.config.get('WEBHOOK_LOG_DAYS') * MS_PER_DAY);
  }
}
