import { Injectable } from '@nestjs/common';
import { LessThan, MoreThanOrEqual } from 'typeorm';
import { KnownAddress } from '#libs/entities/known-address.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on the addresses from which people have signed in. */
@Injectable()
export class KnownAddressRepository {
  constructor(private readonly db: Database) {}

  has(id: string, sinceMs: number): Promise<boolean> {
    return this.db.manager.existsBy(KnownAddress, { id, lastMs: MoreThanOrEqual(sinceMs) });
  }

  async note(id: string, userId: number, lastMs: number): Promise<void> {
    const { affected } = await this.db.manager.update(KnownAddress, { id }, { userId, lastMs });
    if (affected === 0) {
      await this.db.insertNew(KnownAddress, [{ id, userId, lastMs }]);
    }
  }

  async deleteOfUser(userId: number): Promise<void> {
    await this.db.manager.delete(KnownAddress, { userId });
  }

  async deleteOlder(beforeMs: number): Promise<void> {
    await this.db.manager.delete(KnownAddress, { lastMs: LessThan(beforeMs) });
  }
}
