import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { DomainEventRepository } from './domain-event.repository.js';
import { EventDispatcher } from './event-dispatcher.js';
import { EventsHappened, PurgeEvents } from './events.jobs.js';

const MS_PER_DAY = 86_400_000;

@Injectable()
export class EventsHappenedHandler extends JobHandler<Record<string, never>> {
  readonly type = EventsHappened;

  constructor(private readonly dispatcher: EventDispatcher) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    await this.dispatcher.dispatch(signal);
    if (signal.aborted) throw new JobInterrupted();
  }
}

@Injectable()
export class PurgeEventsHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeEvents;

  constructor(
    private readonly events: DomainEventRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    await this.events.removeBefore(this.clock.now() - this.config.get('EVENT_RETENTION_DAYS') * MS_PER_DAY);
  }
}
