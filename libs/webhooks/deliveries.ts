import { Injectable } from '@nestjs/common';
import type { Webhook } from '#libs/entities/webhook.entity.js';
import type { WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { bodyOf, type Message, type Sender, type WebhookBody } from './message.js';
import { WebhookRepository } from './webhook.repository.js';
import { DeliverWebhook } from './webhooks.jobs.js';

export const newMessageId = (): string => `msg_${newHexId()}`;

/** Promises deliveries: the row and its job are written in the caller's transaction. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  async add(webhook: Webhook, message: Message, server: Sender): Promise<WebhookDelivery> {
    const id = newMessageId();
    return this.promise(id, webhook.id, message.type, bodyOf(message, webhook.format, server, id));
  }

  /** The same message again, as a delivery of its own. */
  async repeat({ webhookId, eventType, body, contentType }: WebhookDelivery): Promise<WebhookDelivery> {
    return this.promise(newMessageId(), webhookId, eventType, { body, contentType });
  }

  private async promise(id: string, webhookId: number, eventType: string, content: WebhookBody): Promise<WebhookDelivery> {
    const now = this.clock.now();
    const nothing = { responseStatus: null, responseBody: null, durationMs: null, lastError: null };
    const delivery: WebhookDelivery = {
      ...{ id, webhookId, eventType, ...content, ...nothing },
      ...{ state: 'pending', attempts: 0, nextAttemptMs: now, createdMs: now, updatedMs: now },
    };
    await this.webhooks.addDelivery(delivery);
    await this.jobs.add(DeliverWebhook, { id: delivery.id }, { key: delivery.id, now: true });
    return delivery;
  }
}
