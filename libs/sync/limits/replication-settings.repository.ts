import { Injectable } from '@nestjs/common';
import { RateBucket } from '#libs/entities/rate-bucket.entity.js';
import { ReplicationSettings } from '#libs/entities/replication-settings.entity.js';
import { Database } from '#libs/platform/database/database.js';

export type Limits = Omit<ReplicationSettings, 'id'>;

const ROW = { id: 1 };

export const unlimited: Limits = {
  paused: false,
  downloadLimit: null,
  uploadLimit: null,
  maxTransfers: null,
  connectionsPerPeer: null,
  windowFrom: null,
  windowTo: null,
  windowZone: null,
  relay: null,
  confirmSigners: null,
};

/** Every query on what replication may use. */
@Injectable()
export class ReplicationSettingsRepository {
  constructor(private readonly db: Database) {}

  async find(): Promise<Limits> {
    return (await this.db.manager.findOneBy(ReplicationSettings, ROW)) ?? unlimited;
  }

  async update(change: Partial<Limits>): Promise<void> {
    await this.db.insertNew(ReplicationSettings, [{ ...ROW, ...unlimited }]);
    if (Object.keys(change).length > 0) await this.db.manager.update(ReplicationSettings, ROW, change);
  }

  private async lockBucket(name: string): Promise<RateBucket> {
    const { manager, forUpdate } = this.db;
    const known = await manager.findOne(RateBucket, { where: { name }, ...forUpdate });
    if (known) return known;
    await this.db.insertNew(RateBucket, [{ name, promisedUntilUs: 0 }]);
    return manager.findOneOrFail(RateBucket, { where: { name }, ...forUpdate });
  }

  /**
   * Promises `us` microseconds of a bandwidth to the caller, after all that was promised before. Answers when its time begins,
   * epoch microseconds; never further ahead than `aheadUs`, whatever a clock or an earlier limit has left in the row.
   */
  promise(name: string, us: number, nowUs: number, aheadUs: number): Promise<number> {
    return this.db.transaction(
      async () => {
        const row = await this.lockBucket(name);
        const begins = Math.min(Math.max(row.promisedUntilUs, nowUs), nowUs + aheadUs);
        await this.db.manager.update(RateBucket, { name }, { promisedUntilUs: begins + us });
        return begins;
      },
      { canBeLost: true },
    );
  }
}
