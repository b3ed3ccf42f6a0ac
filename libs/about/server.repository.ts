import { Injectable } from '@nestjs/common';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Server } from '#libs/entities/server.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** Every query on this server's own record. */
@Injectable()
export class ServerRepository {
  constructor(private readonly db: Database) {}

  find(): Promise<Server | null> {
    return this.db.manager.findOneBy(Server, ROW);
  }

  /** The record, held until the transaction ends: two changes at once are one after the other. */
  hold(): Promise<Server | null> {
    return this.db.manager.findOne(Server, { where: ROW, ...this.db.forUpdate });
  }

  /** Keeps what is there: several processes may start at once. */
  async insertIfNew(server: Omit<Server, 'id'>, epoch: string): Promise<void> {
    await this.db.insertNew(Server, [{ ...ROW, ...server }]);
    const clock = { ...ROW, epoch, seq: 0, wallMs: 0, counter: 0 };
    await this.db.insertNew(CatalogClock, [clock]);
  }

  async update(change: Partial<Omit<Server, 'id' | 'iss'>>): Promise<void> {
    await this.db.manager.update(Server, ROW, change);
  }
}
