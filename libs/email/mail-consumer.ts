import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import type { EventConsumer } from '#libs/events/event-consumer.js';
import { EventDispatcher } from '#libs/events/event-dispatcher.js';
import { Clock } from '#libs/platform/clock.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import { SendMail } from './email.jobs.js';
import { dueAfter, wants } from './news.js';

/** Schedules a message when an event happened that is to be sent. */
@Injectable()
export class MailConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'mail';

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly settings: MailSettingsRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.dispatcher.add(this);
  }

  async take(events: readonly DomainEvent[]): Promise<void> {
    const settings = await this.settings.find();
    const first = settings.enabled ? events.find(wants(settings)) : undefined;
    if (!first) return;
    const delayMs = Math.max(0, dueAfter(first, settings) - this.clock.now());
    await this.jobs.add(SendMail, {}, { key: 'all', delayMs });
  }
}
