import { Injectable } from '@nestjs/common';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** The catalog's sequence and clock. Locking it is what makes sequence numbers gapless and in commit order. */
@Injectable()
export class CatalogClockRepository {
  constructor(private readonly db: Database) {}

  /** Must be the first statement of a transaction that writes the catalog. */
  lock(): Promise<CatalogClock> {
    return this.db.manager.findOneOrFail(CatalogClock, { where: ROW, ...this.db.forUpdate });
  }

  /** False before the first start of the server. */
  async exists(): Promise<boolean> {
    return (await this.db.manager.countBy(CatalogClock, ROW)) === 1;
  }

  read(): Promise<CatalogClock> {
    return this.db.manager.findOneByOrFail(CatalogClock, ROW);
  }

  async save({ seq, wallMs, counter }: Pick<CatalogClock, 'seq' | 'wallMs' | 'counter'>): Promise<void> {
    const durable = this.db.canBeLost ? {} : { durableSeq: seq };
    await this.db.manager.update(CatalogClock, ROW, { seq, wallMs, counter, ...durable });
  }

  /** The clock when all of it is on the disk: what is sent to other servers must survive a power cut (MESH §3). */
  async readDurable(): Promise<CatalogClock> {
    const clock = await this.read();
    if (clock.durableSeq >= clock.seq) return clock;
    return this.db.transaction(async () => {
      const { seq } = await this.lock();
      await this.db.manager.update(CatalogClock, ROW, { durableSeq: seq }); // its commit syncs all commits before it
      return this.read();
    });
  }

  /** Another server's reader begins anew. Only under the lock. */
  async renew(epoch: string): Promise<void> {
    await this.db.manager.update(CatalogClock, ROW, { epoch });
  }
}
