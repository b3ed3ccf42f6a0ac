import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import type { EventConsumer } from '#libs/events/event-consumer.js';
import { EventDispatcher } from '#libs/events/event-dispatcher.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { COMPARE_KEY, CompareWithJamf } from '../jamf.jobs.js';

/** Packages that come in a row are compared together. */
const DEBOUNCE_MS = 5_000;

/** Has packages compared with Jamf Pro soon after they changed. */
@Injectable()
export class JamfPackageConsumer implements EventConsumer, OnModuleInit {
  readonly name = 'jamf';

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly connections: JamfConnectionRepository,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.dispatcher.add(this);
  }

  async take(events: readonly DomainEvent[]): Promise<void> {
    if (!events.some(({ type }) => type.startsWith('package.'))) return;
    const connection = await this.connections.find();
    // While Jamf Pro does not answer as it should, the comparison waits for its own time.
    if (connection === null || connection.failingSinceMs !== null) return;
    await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, delayMs: DEBOUNCE_MS });
  }
}
