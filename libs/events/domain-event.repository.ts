import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';
import { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { EventClock } from '#libs/entities/event-clock.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** Every query on events. */
@Injectable()
export class DomainEventRepository {
  constructor(private readonly db: Database) {}

  /** Within the caller's transaction; from here to its end no other transaction can add an event. Answers the id. */
  async append(event: Omit<DomainEvent, 'id'>): Promise<number> {
    const id = (await this.lock()) + 1;
    await this.db.manager.update(EventClock, ROW, { last: id });
    const row = { id, ...event };
    await this.db.manager.insert(DomainEvent, row as never); // its types cannot say what JSON is
    return id;
  }

  /**
   * The last number. The row is locked before anything else is tried: MySQL gives a refused insert a shared lock, and two
   * that then want to write wait for each other.
   */
  private async lock(): Promise<number> {
    const { manager, forUpdate } = this.db;
    const known = await manager.findOne(EventClock, { where: ROW, ...forUpdate });
    if (known) return known.last;
    await this.db.insertNew(EventClock, [{ ...ROW, last: 0 }]);
    return (await manager.findOneOrFail(EventClock, { where: ROW, ...forUpdate })).last;
  }

  /** In order, from after an id. */
  findAfter(id: number, limit: number): Promise<DomainEvent[]> {
    return this.db.manager.find(DomainEvent, { where: { id: MoreThan(id) }, order: { id: 'ASC' }, take: limit });
  }

  async newestId(): Promise<number> {
    return (await this.db.manager.findOneBy(EventClock, ROW))?.last ?? 0;
  }

  /** The oldest event that is still kept; null when there is none. */
  async oldestId(): Promise<number | null> {
    return (await this.db.manager.find(DomainEvent, { order: { id: 'ASC' }, take: 1 }))[0]?.id ?? null;
  }

  async removeBefore(createdMs: number): Promise<void> {
    await this.db.manager.delete(DomainEvent, { createdMs: LessThan(createdMs) });
  }
}
