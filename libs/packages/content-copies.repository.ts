import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { ContentCopies } from '#libs/entities/content-copies.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on how many copies of a content there are. */
@Injectable()
export class ContentCopiesRepository {
  constructor(private readonly db: Database) {}

  async findByUuids(uuids: readonly string[]): Promise<Map<string, ContentCopies>> {
    if (uuids.length === 0) return new Map();
    const rows = await this.db.manager.findBy(ContentCopies, { uuid: In(uuids) });
    return new Map(rows.map((row) => [row.uuid, row]));
  }

  async save(rows: readonly ContentCopies[]): Promise<void> {
    for (const row of rows) {
      const { affected } = await this.db.manager.update(ContentCopies, { uuid: row.uuid }, row);
      if (affected === 0) await this.db.manager.insert(ContentCopies, row);
    }
  }

  /** Removes the counts of contents that no entry means any more. */
  async removeUnused(): Promise<void> {
    const used = this.db.manager.createQueryBuilder(Package, 'package').select('package.uuid').where('package.deleted = :deleted');
    await this.db.manager
      .createQueryBuilder()
      .delete()
      .from(ContentCopies)
      .where(`uuid NOT IN (${used.getQuery()})`)
      .setParameter('deleted', false)
      .execute();
  }
}
