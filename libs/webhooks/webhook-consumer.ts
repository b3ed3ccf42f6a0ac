import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import type { Webhook } from '#libs/entities/webhook.entity.js';
import type { EventConsumer } from '#libs/events/event-consumer.js';
import { EventDispatcher } from '#libs/events/event-dispatcher.js';
import { Deliveries } from './deliveries.js';
import { WebhookRepository } from './webhook.repository.js';

const wants = ({ enabled, events }: Webhook, type: string): boolean => enabled && (events === null || events.split(',').includes(type));

/** Makes a delivery of every event for every webhook that wants it. */
@Injectable()
export class WebhookConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'webhooks';

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: Deliveries,
    private readonly identity: ServerIdentity,
  ) {}

  onModuleInit(): void {
    this.dispatcher.add(this);
  }

  async take(events: readonly DomainEvent[]): Promise<void> {
    const webhooks = await this.webhooks.findAll();
    if (webhooks.length === 0) return;
    const server = await this.identity.get();
    for (const event of events) {
      for (const webhook of webhooks) if (wants(webhook, event.type)) await this.deliveries.add(webhook, event, server);
    }
  }
}
