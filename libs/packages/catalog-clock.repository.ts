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

  read(): Promise<CatalogClock> {
    return this.db.manager.findOneByOrFail(CatalogClock, ROW);
  }

  async save({ seq, wallMs, counter }: Pick<CatalogClock, 'seq' | 'wallMs' | 'counter'>): Promise<void> {
    await this.db.manager.update(CatalogClock, ROW, { seq, wallMs, counter });
  }
}
