import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Listed of one name at most. */
const MOST = 100;

/** Every query on displaced versions. */
@Injectable()
export class PackageVersionRepository {
  constructor(private readonly db: Database) {}

  /** Of a name, the newest first. */
  find(filenameKey: string): Promise<PackageVersion[]> {
    return this.db.manager.find(PackageVersion, { where: { filenameKey }, order: { stamp: 'DESC' }, take: MOST });
  }

  /** Which of these are known, as `filenameKey stamp`. */
  async findKnown(filenameKeys: readonly string[]): Promise<Set<string>> {
    if (filenameKeys.length === 0) return new Set();
    const select = { filenameKey: true, stamp: true } as const;
    const rows = await this.db.manager.find(PackageVersion, { select, where: { filenameKey: In(filenameKeys) } });
    return new Set(rows.map(({ filenameKey, stamp }) => `${filenameKey} ${stamp}`));
  }

  async insertMany(rows: readonly Omit<PackageVersion, 'id'>[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.insertNew(PackageVersion, rows);
  }

  /** Which of these contents are listed. */
  async findNamed(uuids: readonly string[]): Promise<string[]> {
    if (uuids.length === 0) return [];
    const rows = await this.db.manager.find(PackageVersion, { select: { uuid: true }, where: { uuid: In(uuids) } });
    return rows.map(({ uuid }) => uuid);
  }

  async removeBefore(sinceMs: number): Promise<void> {
    await this.db.manager.delete(PackageVersion, { sinceMs: LessThan(sinceMs) });
  }
}
