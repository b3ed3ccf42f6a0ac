import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { DeletedPackageRepository } from './deleted-package.repository.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { type ListedVersion, PackageVersions } from './package-versions.service.js';

export interface DeletedPackage {
  readonly row: Package;
  /** What restoring it brings back. */
  readonly version: ListedVersion;
}

export interface DeletedPackagePage {
  readonly items: readonly DeletedPackage[];
  readonly total: number;
  readonly next: string | null;
}

const newestFirst = { field: 'updated', isDescending: true } as const;

/** Deleted packages that can still be restored. */
@Injectable()
export class DeletedPackages {
  constructor(
    private readonly deleted: DeletedPackageRepository,
    private readonly versions: PackageVersions,
  ) {}

  /** Throws BadCursor. */
  async list(contains: string | undefined, limit: number, cursor?: string): Promise<DeletedPackagePage> {
    const after = cursor === undefined ? null : decodeCursor(cursor, newestFirst);
    const found = await this.deleted.find(contains, after, limit + 1);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const next = found.length > limit && last ? encodeCursor(newestFirst, { value: last.updatedMs, id: last.id }) : null;
    return { items: await this.withVersions(rows), total: await this.deleted.count(contains), next };
  }

  private async withVersions(rows: readonly Package[]): Promise<DeletedPackage[]> {
    const versions = await this.deleted.findNewestVersions(rows.map(({ filenameKey }) => filenameKey));
    const listed = new Map((await this.versions.listed([...versions.values()])).map((version) => [version.row.filenameKey, version]));
    return rows.flatMap((row) => {
      const version = listed.get(row.filenameKey);
      return version ? [{ row, version }] : []; // forgotten between the two queries
    });
  }
}
