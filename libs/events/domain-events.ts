import { Injectable } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { DomainEventRepository } from './domain-event.repository.js';
import type { EventType } from './event-types.js';
import { EventsHappened } from './events.jobs.js';
import type { KeyChanged } from './key-changed.js';

/** What is recorded in several places has one shape. */
type DataOf<T extends EventType> = T extends 'server.key_changed' ? KeyChanged : Readonly<Record<string, unknown>>;

/**
 * Records what happened, for the consumers of events. Called inside the transaction of the change, like the audit trail,
 * so that there is no event without its change and no change without its event.
 */
@Injectable()
export class DomainEvents {
  private readonly emitter = new EventEmitter().setMaxListeners(0);

  constructor(
    private readonly events: DomainEventRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  async record<T extends EventType>(type: T, data: DataOf<T>): Promise<void> {
    await this.db.transaction(async () => {
      await this.events.append({ type, data: { ...data }, createdMs: this.clock.now() });
      await this.jobs.add(EventsHappened, {}, { key: 'all', now: true });
      this.db.afterCommit(() => this.emitter.emit('news'));
    });
  }

  /** Calls back when this process has recorded something; what others record is found by looking. Answers how to end it. */
  onNews(listener: () => void): () => void {
    this.emitter.on('news', listener);
    return () => this.emitter.off('news', listener);
  }
}
