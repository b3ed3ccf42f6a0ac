import { Module } from '@nestjs/common';
import { DomainEventRepository } from './domain-event.repository.js';
import { DomainEvents } from './domain-events.js';
import { EventDispatcher } from './event-dispatcher.js';
import { EventPositionRepository } from './event-position.repository.js';
import { EventsHappenedHandler, PurgeEventsHandler } from './events.handlers.js';

/** What happened here. */
@Module({
  providers: [DomainEventRepository, DomainEvents, EventDispatcher, EventPositionRepository],
  exports: [DomainEventRepository, DomainEvents, EventDispatcher],
})
export class EventsModule {}

/** Job handlers. */
@Module({ imports: [EventsModule], providers: [EventsHappenedHandler, PurgeEventsHandler] })
export class EventsJobsModule {}
