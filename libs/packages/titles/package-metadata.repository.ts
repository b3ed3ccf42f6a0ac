import { Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { Content } from '#libs/entities/content.entity.js';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { Signing } from './signer-change.js';

/** Of one title, old contents included. */
const MOST_OF_TITLE = 1_000;

/** Which version of what a content is, and who signed it. */
export type KnownTitle = Pick<PackageMetadata, 'titleKey' | 'title' | 'version' | 'kind' | keyof Signing>;

/** Every query on what was read in contents. */
@Injectable()
export class PackageMetadataRepository {
  constructor(private readonly db: Database) {}

  find(uuid: string): Promise<PackageMetadata | null> {
    return this.db.manager.findOneBy(PackageMetadata, { uuid });
  }

  findByUuids(uuids: readonly string[]): Promise<PackageMetadata[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(PackageMetadata, { uuid: In(uuids) });
  }

  async findTitles(uuids: readonly string[]): Promise<Map<string, KnownTitle>> {
    const select = { uuid: true, titleKey: true, title: true, version: true, kind: true, signature: true, signer: true, teamId: true };
    const found = await this.db.manager.find(PackageMetadata, { select: { ...select, anchor: true }, where: { uuid: In([...uuids]) } });
    return new Map(found.map((row) => [row.uuid, row]));
  }

  /** Other contents of the same title and one of these kinds that could be read. */
  findOfTitle({ uuid, titleKey }: PackageMetadata, kinds: readonly string[]): Promise<PackageMetadata[]> {
    if (titleKey === null) return Promise.resolve([]);
    const where = { titleKey, kind: In(kinds), state: 'done', uuid: Not(uuid) } as const;
    return this.db.manager.find(PackageMetadata, { where, take: MOST_OF_TITLE });
  }

  /**
   * Contents in force that are here, also those that this server does not serve because of their stage, and were not read by this
   * parser; the newest first. Those that overran so often are left alone.
   */
  findDue(parser: number, overruns: number, limit: number): Promise<Pick<Content, 'uuid' | 'filename'>[]> {
    return this.db.manager
      .createQueryBuilder(Content, 'content')
      .select(['content.uuid', 'content.filename'])
      .leftJoin(PackageMetadata, 'metadata', 'metadata.uuid = content.uuid')
      .where('content.state IN (:...states)', { states: ['held', 'withdrawn'] })
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
