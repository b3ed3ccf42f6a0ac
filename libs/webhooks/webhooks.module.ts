import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { Deliveries } from './deliveries.js';
import { WebhookConsumer } from './webhook-consumer.js';
import { WebhookKeys } from './webhook-keys.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksController } from './webhooks.controller.js';
import { DeliverWebhookHandler, PurgeDeliveriesHandler } from './webhooks.handlers.js';
import { WebhooksService } from './webhooks.service.js';

/** Posts events to other systems. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule],
  providers: [Deliveries, WebhookKeys, WebhookRepository, WebhooksService],
  exports: [AboutModule, EventsModule, Deliveries, WebhookKeys, WebhookRepository, WebhooksService],
})
export class WebhooksModule {}

/** Routes, for apps/api. */
@Module({ imports: [WebhooksModule], controllers: [WebhooksController] })
export class WebhooksHttpModule {}

/** Job handlers, and what makes deliveries of events. */
@Module({ imports: [WebhooksModule], providers: [DeliverWebhookHandler, PurgeDeliveriesHandler, WebhookConsumer, WebhookSender] })
export class WebhooksJobsModule {}
