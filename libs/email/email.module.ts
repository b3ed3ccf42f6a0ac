import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { EmailService } from './email.service.js';
import { MailConsumer } from './mail-consumer.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import { Mailer } from './mailer.js';
import { NewsReader } from './news.js';
import { EmailController } from './email.controller.js';
import { SendMailHandler } from './email.handlers.js';

/** Sends events to people by e-mail. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule],
  providers: [EmailService, Mailer, MailSettingsRepository],
  exports: [AboutModule, EventsModule, EmailService, Mailer, MailSettingsRepository],
})
export class EmailModule {}

/** Routes, for apps/api. */
@Module({ imports: [EmailModule], controllers: [EmailController] })
export class EmailHttpModule {}

/** Job handlers, and what makes messages of events. */
@Module({ imports: [EmailModule], providers: [MailConsumer, NewsReader, SendMailHandler] })
export class EmailJobsModule {}
