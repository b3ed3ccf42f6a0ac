import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import type { EventConsumer } from '#libs/events/event-consumer.js';
import { EventDispatcher } from '#libs/events/event-dispatcher.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { InspectContents } from './inspection.jobs.js';

/** What brings a content that may not have been inspected. */
const bringing: readonly string[] = ['package.uploaded', 'package.replaced', 'package.restored', 'package.synced'];

/** Has contents inspected as soon as they are here; the handler's own timer is for what this misses. */
@Injectable()
export class InspectionPackageConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'inspection';

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.dispatcher.add(this);
  }

  async take(events: readonly DomainEvent[]): Promise<void> {
    if (events.some(({ type }) => bringing.includes(type))) await this.jobs.add(InspectContents, {}, { key: 'periodic' });
  }
}
