import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#libs/platform/database/database.js';
import { DomainEventRepository } from './domain-event.repository.js';
import type { EventConsumer } from './event-consumer.js';
import { EventPositionRepository } from './event-position.repository.js';

const BATCH = 100;

/** Delivers to every consumer of this process the events after its position. */
@Injectable()
export class EventDispatcher implements OnApplicationBootstrap {
  private readonly consumers = new Map<string, EventConsumer>();

  constructor(
    private readonly db: Database,
    private readonly events: DomainEventRepository,
    private readonly positions: EventPositionRepository,
  ) {}

  /** Called while modules start. */
  add(consumer: EventConsumer): void {
    if (this.consumers.has(consumer.name)) throw new Error(`Two consumers of events are called ${consumer.name}.`);
    this.consumers.set(consumer.name, consumer);
  }

  /** A consumer that is new hears of everything that happens from now on. */
  async onApplicationBootstrap(): Promise<void> {
    for (const { name } of this.consumers.values()) {
      await this.db.transaction(async () => this.positions.hold(name, await this.events.newestId()));
    }
  }

  async dispatch(signal: AbortSignal): Promise<void> {
    for (const consumer of this.consumers.values()) {
      while (!signal.aborted && (await this.deliver(consumer))) continue;
    }
  }

  /** True when there may be more. */
  private deliver(consumer: EventConsumer): Promise<boolean> {
    return this.db.transaction(async () => {
      const position = await this.positions.hold(consumer.name, await this.events.newestId());
      const events = await this.events.findAfter(position, BATCH);
      if (events.length === 0) return false;
      await consumer.take(events);
      await this.positions.set(consumer.name, events.at(-1)!.id);
      return events.length === BATCH;
    });
  }
}
