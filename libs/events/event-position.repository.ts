import { Injectable } from '@nestjs/common';
import { EventPosition } from '#libs/entities/event-position.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on the positions of consumers. */
@Injectable()
export class EventPositionRepository {
  constructor(private readonly db: Database) {}

  /** The consumer's position, locked until the transaction ends; a new one begins at `newest`. */
  async hold(consumer: string, newest: number): Promise<number> {
    const { manager, forUpdate } = this.db;
    const known = await manager.findOne(EventPosition, { where: { consumer }, ...forUpdate });
    if (known) return known.eventId;
    await this.db.insertNew(EventPosition, [{ consumer, eventId: newest }]);
    return (await manager.findOneOrFail(EventPosition, { where: { consumer }, ...forUpdate })).eventId;
  }

  async set(consumer: string, eventId: number): Promise<void> {
    await this.db.manager.update(EventPosition, { consumer }, { eventId });
  }
}
