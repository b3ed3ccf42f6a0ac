import { Injectable } from '@nestjs/common';
import type { SelectQueryBuilder } from 'typeorm';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Package, type PackageStatus } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { Stage } from '#libs/replication/stage.js';
import { likePattern } from './like-pattern.js';
import type { PagePosition } from './page-position.js';
import { signatureStates, signedStates } from './titles/signature-state.js';

export const sortColumns = {
  filename: 'filenameKey',
  created: 'createdMs',
  size: 'size',
  stage: 'stage',
  status: 'status',
  updated: 'updatedMs',
} as const;
export type SortField = keyof typeof sortColumns;

export interface PackageFilter {
  readonly filenameKey?: string;
  /** Part of a name or title, case-folded. */
  readonly contains?: string;
  readonly stage?: Stage;
  readonly status?: PackageStatus;
  readonly titleKey?: string;
  readonly teamId?: string;
  readonly isSigned?: boolean;
}

export interface PackageOrder {
  readonly field: SortField;
  readonly isDescending: boolean;
}

/** Lists of packages for people: filtered, sorted, in pages that stay right while packages come and go. */
@Injectable()
export class PackageListRepository {
  constructor(private readonly db: Database) {}

  /** One page, by keyset: the position of the last row of the page before, not a count of rows. */
  find(filter: PackageFilter, order: PackageOrder, after: PagePosition | null, limit: number): Promise<Package[]> {
    const column = `package.${sortColumns[order.field]}`;
    const direction = order.isDescending ? 'DESC' : 'ASC';
    const query = this.filtered(filter).orderBy(column, direction).addOrderBy('package.id', direction).take(limit);
    if (after) {
      const past = order.isDescending ? '<' : '>';
      query.andWhere(`(${column} ${past} :value OR (${column} = :value AND package.id ${past} :id))`, { ...after });
    }
    return query.getMany();
  }

  count(filter: PackageFilter): Promise<number> {
    return this.filtered(filter).getCount();
  }

  private filtered({ filenameKey, contains, stage, status, ...read }: PackageFilter): SelectQueryBuilder<Package> {
    const query = this.db.manager.createQueryBuilder(Package, 'package').where('package.deleted = :deleted', { deleted: false });
    query.andWhere("package.space = ''");
    if (filenameKey !== undefined) query.andWhere('package.filenameKey = :filenameKey', { filenameKey });
    if (contains !== undefined) {
      const titled = this.contents("metadata.titleFolded LIKE :pattern ESCAPE '!'");
      query.andWhere(`(package.filenameKey LIKE :pattern ESCAPE '!' OR package.uuid IN ${titled})`, { pattern: likePattern(contains) });
    }
    if (stage !== undefined) query.andWhere('package.stage = :stage', { stage });
    if (status !== undefined) query.andWhere('package.status = :status', { status });
    this.filterByWhatWasRead(query, read);
    return query;
  }

  private filterByWhatWasRead(query: SelectQueryBuilder<Package>, { titleKey, teamId, isSigned }: PackageFilter): void {
    const fits = (condition: string, parameters: Readonly<Record<string, unknown>>): void =>
      void query.andWhere(`package.uuid IN ${this.contents(condition)}`, parameters);
    if (titleKey !== undefined) fits('metadata.titleKey = :titleKey', { titleKey });
    if (teamId !== undefined) fits('metadata.teamId = :teamId', { teamId });
    if (isSigned === undefined) return;
    const states = signatureStates.filter((state) => signedStates.includes(state) === isSigned);
    fits('metadata.signature IN (:...states)', { states });
  }

  /** The uuids of what was read and fits; its parameters are set on the query around it. */
  private contents(condition: string): string {
    return `(${this.db.manager.createQueryBuilder(PackageMetadata, 'metadata').select('metadata.uuid').where(condition).getQuery()})`;
  }
}
