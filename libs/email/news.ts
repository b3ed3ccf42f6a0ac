import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import type { MailSettings } from '#libs/entities/mail-settings.entity.js';
import { DomainEventRepository } from '#libs/events/domain-event.repository.js';
import type { ToldEvent } from './event-words.js';
import type { Digest } from './mail-message.js';

const MS_PER_MINUTE = 60_000;
const PAGE = 500;
/** As many as are readable in one message; the others are counted. */
const LISTED = 100;

export interface News extends Digest {
  /** The last event that was read, to be sent or not. */
  readonly upTo: number;
}

export const wants = ({ events }: MailSettings): ((event: DomainEvent) => boolean) => {
  const wanted = new Set(events.split(','));
  return ({ type }) => wanted.has(type);
};

/** When a message is due of which this is the oldest event; milliseconds since 1970. */
export const dueAfter = ({ createdMs }: ToldEvent, { digestMinutes }: MailSettings): number => createdMs + digestMinutes * MS_PER_MINUTE;

/** Reads what has happened since the last message. */
@Injectable()
export class NewsReader {
  constructor(private readonly events: DomainEventRepository) {}

  async read(settings: MailSettings): Promise<News> {
    const isWanted = wants(settings);
    const listed: DomainEvent[] = [];
    const counts = new Map<string, number>();
    let upTo = settings.notifiedUpTo;
    for (;;) {
      const page = await this.events.findAfter(upTo, PAGE);
      for (const event of page.filter(isWanted)) {
        if (listed.length < LISTED) listed.push(event);
        counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
      }
      upTo = page.at(-1)?.id ?? upTo;
      if (page.length < PAGE) return { events: listed, counts, upTo };
    }
  }
}
