import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { exists } from '#libs/platform/database/exists.js';
import { likePattern } from './like-pattern.js';
import type { PagePosition } from './page-position.js';

/** Every query on deleted packages of which a version can still be restored. */
@Injectable()
export class DeletedPackageRepository {
  constructor(private readonly db: Database) {}

  /** Deleted last comes first. `contains`: part of a name, case-folded. */
  find(contains: string | undefined, after: PagePosition | null, limit: number): Promise<Package[]> {
    const query = this.filtered(contains).orderBy('package.updatedMs', 'DESC').addOrderBy('package.id', 'DESC').take(limit);
    if (after) query.andWhere('(package.updatedMs < :value OR (package.updatedMs = :value AND package.id < :id))', { ...after });
    return query.getMany();
  }

  count(contains: string | undefined): Promise<number> {
    return this.filtered(contains).getCount();
  }

  /** The newest version of each of these names. */
  async findNewestVersions(filenameKeys: readonly string[]): Promise<Map<string, PackageVersion>> {
    if (filenameKeys.length === 0) return new Map();
    const rows = await this.db.manager.find(PackageVersion, { where: { filenameKey: In(filenameKeys) }, order: { stamp: 'ASC' } });
    return new Map(rows.map((row) => [row.filenameKey, row])); // the last of a name stays
  }

  private filtered(contains: string | undefined): SelectQueryBuilder<Package> {
    const query = this.db.manager.createQueryBuilder(Package, 'package').where('package.deleted = :deleted', { deleted: true });
    query.andWhere("package.space = ''");
    query.andWhere(exists(query, PackageVersion, 'version', 'version.filenameKey = package.filenameKey'));
    if (contains !== undefined) query.andWhere("package.filenameKey LIKE :pattern ESCAPE '!'", { pattern: likePattern(contains) });
    return query;
  }
}
