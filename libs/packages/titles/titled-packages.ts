import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { PackageRepository } from '../package.repository.js';
import { type KnownTitle, PackageMetadataRepository } from './package-metadata.repository.js';
import type { TitledPackage } from './title-match.js';

const PAGE = 500;

export interface TitledRow extends TitledPackage {
  readonly row: Package;
  /** Null when it was not inspected on this server. */
  readonly read: KnownTitle | null;
}

/** The packages that rules of administrators look at. */
@Injectable()
export class TitledPackages {
  constructor(
    private readonly packages: PackageRepository,
    private readonly metadata: PackageMetadataRepository,
  ) {}

  /** Every package of the share that is not deleted, in pages. */
  async *pages(): AsyncGenerator<TitledRow[]> {
    for (let afterId = 0; ;) {
      const rows = await this.packages.findPresentAfter(afterId, PAGE, '');
      if (rows.length === 0) return;
      afterId = rows.at(-1)!.id;
      const titles = await this.metadata.findTitles(rows.map(({ uuid }) => uuid));
      yield rows.map((row) => {
        const read = titles.get(row.uuid) ?? null;
        const { titleKey = null, title = null, version = null } = read ?? {};
        return { row, read, filename: row.filename, stage: row.stage, titleKey, title, version };
      });
    }
  }
}
