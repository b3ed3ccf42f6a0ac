import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { EmailService } from './email.service.js';
import { MailConsumer } from './mail-consumer.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import { Mailer } from './mailer.js';
import { NewsReader } from './news.js';
import { NotificationsController } from './notifications.controller.js';
import { SendMailHandler } from './notifications.handlers.js';

/** Tells people what happens. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule],
  providers: [EmailService, Mailer, MailSettingsRepository],
  exports: [AboutModule, EventsModule, EmailService, Mailer, MailSettingsRepository],
})
export class NotificationsModule {}

/** Routes, for apps/api. */
@Module({ imports: [NotificationsModule], controllers: [NotificationsController] })
export class NotificationsHttpModule {}

/** Job handlers, and what makes messages of events. */
@Module({ imports: [NotificationsModule], providers: [MailConsumer, NewsReader, SendMailHandler] })
export class NotificationsJobsModule {}
