import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Webhook } from '#libs/entities/webhook.entity.js';
import { WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import { Database } from '#libs/platform/database/database.js';

export type WebhookChange = Partial<Omit<Webhook, 'id' | 'createdMs'>>;

/** Every query on webhooks and their deliveries. */
@Injectable()
export class WebhookRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<Webhook[]> {
    return this.db.manager.find(Webhook, { order: { id: 'ASC' } });
  }

  find(id: number): Promise<Webhook | null> {
    return this.db.manager.findOneBy(Webhook, { id });
  }

  async insert(webhook: Omit<Webhook, 'id'>): Promise<Webhook> {
    const { identifiers } = await this.db.manager.insert(Webhook, webhook);
    return { ...webhook, id: Number((identifiers[0] as { id: number }).id) };
  }

  async update(id: number, change: WebhookChange): Promise<void> {
    if (Object.keys(change).length > 0) await this.db.manager.update(Webhook, { id }, change);
  }

  async delete(id: number): Promise<void> {
    await this.db.manager.delete(WebhookDelivery, { webhookId: id });
    await this.db.manager.delete(Webhook, { id });
  }

  async addDelivery(delivery: WebhookDelivery): Promise<void> {
    await this.db.manager.insert(WebhookDelivery, delivery);
  }

  findDelivery(id: string): Promise<WebhookDelivery | null> {
    return this.db.manager.findOneBy(WebhookDelivery, { id });
  }

  /** Newest first. */
  findDeliveries(webhookId: number, limit: number): Promise<WebhookDelivery[]> {
    return this.db.manager.find(WebhookDelivery, { where: { webhookId }, order: { createdMs: 'DESC', id: 'DESC' }, take: limit });
  }

  async updateDelivery(id: string, change: Partial<WebhookDelivery>): Promise<void> {
    await this.db.manager.update(WebhookDelivery, { id }, change);
  }

  async removeDeliveriesBefore(createdMs: number): Promise<void> {
    await this.db.manager.delete(WebhookDelivery, { createdMs: LessThan(createdMs) });
  }
}
