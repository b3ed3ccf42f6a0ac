import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Webhook, WebhookFormat } from '#libs/entities/webhook.entity.js';
import type { WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import { type EventType, eventTypes } from '#libs/events/event-types.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { Deliveries, newMessageId } from './deliveries.js';
import { bodyOf, type WebhookBody } from './message.js';
import { WebhookKeys } from './webhook-keys.js';
import { WebhookRepository } from './webhook.repository.js';
import { DeliveryNotFound, TooManyWebhooks, WebhookNotFound } from './webhooks.errors.js';

export interface WebhookInput {
  readonly name: string;
  readonly url: string;
  /** Null: all. */
  readonly events: readonly EventType[] | null;
  readonly format: WebhookFormat;
  readonly enabled: boolean;
}

const MOST_WEBHOOKS = 100;
const messageId = /^msg_[0-9a-f]{32}$/;
export const TEST_EVENT = 'webhook.test';

function checkUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const fault = !parsed
    ? 'url must be an absolute URL.'
    : !['http:', 'https:'].includes(parsed.protocol)
      ? 'url must begin with http:// or https://.'
      : parsed.username !== '' || parsed.password !== ''
        ? 'url must not have a user name or password: they would be shown to everybody who sees the list.'
        : null;
  if (fault !== null) throw new InvalidRequest([{ pointer: '/url', detail: fault }]);
  return url;
}

const columnOf = (events: readonly EventType[] | null): string | null => events?.join(',') ?? null;

/** What administrators do with webhooks. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly db: Database,
    private readonly webhooks: WebhookRepository,
    private readonly keys: WebhookKeys,
    private readonly deliveries: Deliveries,
    private readonly identity: ServerIdentity,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Each with its newest delivery. */
  async list(): Promise<{ webhook: Webhook; last: WebhookDelivery | null }[]> {
    const withLast = async (webhook: Webhook) => ({ webhook, last: (await this.webhooks.findDeliveries(webhook.id, 1))[0] ?? null });
    return Promise.all((await this.webhooks.findAll()).map(withLast));
  }

  async get(id: number): Promise<Webhook> {
    const webhook = await this.webhooks.find(id);
    if (!webhook) throw new WebhookNotFound(id);
    return webhook;
  }

  async create({ name, url, events, format, enabled }: WebhookInput): Promise<{ webhook: Webhook; secret: string }> {
    checkUrl(url);
    return this.db.transaction(async () => {
      if ((await this.webhooks.findAll()).length >= MOST_WEBHOOKS) throw new TooManyWebhooks(MOST_WEBHOOKS);
      const row = { name, url, events: columnOf(events), format, enabled, disabledReason: null, createdMs: this.clock.now() };
      const webhook = await this.webhooks.insert({ ...row, ...this.keys.create() });
      await this.audit.record({ action: 'webhook.created', subject: name, details: { url, events, format } });
      return { webhook, secret: this.keys.secretOf(webhook) };
    });
  }

  async update(id: number, { events, ...change }: Partial<WebhookInput>): Promise<Webhook> {
    if (change.url !== undefined) checkUrl(change.url);
    return this.db.transaction(async () => {
      const before = await this.get(id);
      const filter = events === undefined ? {} : { events: columnOf(events) };
      const reason = change.enabled === true ? { disabledReason: null } : {};
      await this.webhooks.update(id, { ...change, ...filter, ...reason });
      const after = await this.get(id);
      const shown = ({ name, url, events: chosen, format, enabled }: Webhook) => ({ name, url, events: chosen, format, enabled });
      await this.audit.record({ action: 'webhook.updated', subject: after.name, details: { before: shown(before), after: shown(after) } });
      return after;
    });
  }

  async remove(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const { name, url } = await this.get(id);
      await this.webhooks.delete(id);
      await this.audit.record({ action: 'webhook.deleted', subject: name, details: { url } });
    });
  }

  /** A new secret; the former one signs as well for a day. */
  async rotate(id: number): Promise<{ webhook: Webhook; secret: string }> {
    return this.db.transaction(async () => {
      const before = await this.get(id);
      await this.webhooks.update(id, this.keys.rotate(before, this.clock.now()));
      const webhook = await this.get(id);
      await this.audit.record({ action: 'webhook.secret_rotated', subject: webhook.name });
      return { webhook, secret: this.keys.secretOf(webhook) };
    });
  }

  async secretOf(id: number): Promise<string> {
    const webhook = await this.get(id);
    await this.audit.record({ action: 'webhook.secret_shown', subject: webhook.name });
    return this.keys.secretOf(webhook);
  }

  /** What a webhook of that format would be sent for an event, with the event's example. */
  async preview(format: WebhookFormat, type: EventType): Promise<WebhookBody> {
    const message = { type, createdMs: this.clock.now(), data: eventTypes[type].example };
    return bodyOf(message, format, await this.identity.get(), newMessageId());
  }

  async test(id: number): Promise<WebhookDelivery> {
    const server = await this.identity.get();
    return this.db.transaction(async () => {
      const data = { message: `This is a test of the webhook, sent by ${server.name}.` };
      return this.deliveries.add(await this.get(id), { type: TEST_EVENT, createdMs: this.clock.now(), data }, server);
    });
  }

  async listDeliveries(id: number, limit: number): Promise<WebhookDelivery[]> {
    await this.get(id);
    return this.webhooks.findDeliveries(id, limit);
  }

  async redeliver(id: number, deliveryId: string): Promise<WebhookDelivery> {
    return this.db.transaction(async () => {
      const { name } = await this.get(id);
      const delivery = messageId.test(deliveryId) ? await this.webhooks.findDelivery(deliveryId) : null;
      if (delivery?.webhookId !== id) throw new DeliveryNotFound();
      await this.audit.record({ action: 'webhook.redelivered', subject: name, details: { delivery: deliveryId } });
      return this.deliveries.repeat(delivery);
    });
  }
}
