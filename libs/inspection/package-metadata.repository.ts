import { Injectable } from '@nestjs/common';
import { Content } from '#libs/entities/content.entity.js';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on what was read in contents. */
@Injectable()
export class PackageMetadataRepository {
  constructor(private readonly db: Database) {}

  find(uuid: string): Promise<PackageMetadata | null> {
    return this.db.manager.findOneBy(PackageMetadata, { uuid });
  }

  /** Contents that are served here and were not read by this parser, the newest first; `overruns` ones are left alone. */
  findDue(parser: number, overruns: number, limit: number): Promise<Pick<Content, 'uuid' | 'filename'>[]> {
    return this.db.manager
      .createQueryBuilder(Content, 'content')
      .select(['content.uuid', 'content.filename'])
      .leftJoin(PackageMetadata, 'metadata', 'metadata.uuid = content.uuid')
      .where('content.state = :state', { state: 'held' })
      .andWhere('(metadata.uuid IS NULL OR (metadata.parser < :parser AND metadata.overruns < :overruns))', { parser, overruns })
      .orderBy('content.createdMs', 'DESC')
      .addOrderBy('content.uuid')
      .limit(limit) // one row of metadata at most: `take` would need the sorted column selected
      .getMany();
  }

  async save(row: PackageMetadata): Promise<void> {
    const { affected } = await this.db.manager.update(PackageMetadata, { uuid: row.uuid }, row);
    if (affected === 0) await this.db.manager.insert(PackageMetadata, row);
  }

  async remove(uuid: string): Promise<void> {
    await this.db.manager.delete(PackageMetadata, { uuid });
  }

  /** Forgets contents that this server does not know any more. */
  async removeUnknown(): Promise<void> {
    const known = this.db.manager.createQueryBuilder(Content, 'content').select('content.uuid');
    await this.db.manager.createQueryBuilder().delete().from(PackageMetadata).where(`uuid NOT IN (${known.getQuery()})`).execute();
  }
}
