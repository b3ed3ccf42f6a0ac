import { Injectable } from '@nestjs/common';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentCopiesRepository } from '../content-copies.repository.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';

export interface KnownFacts {
  /** Verified copies in the mesh, as counted last; null when they are not counted yet. */
  readonly copies: number | null;
  /** Null when it was not inspected on this server. */
  readonly metadata: PackageMetadata | null;
}

/** What lists show of packages beside their entries. */
@Injectable()
export class PackageFacts {
  constructor(
    private readonly copies: ContentCopiesRepository,
    private readonly metadata: PackageMetadataRepository,
  ) {}

  async of(rows: readonly Package[]): Promise<(row: Package) => KnownFacts> {
    const uuids = rows.map(({ uuid }) => uuid);
    const counts = await this.copies.findByUuids(uuids);
    const read = new Map((await this.metadata.findByUuids(uuids)).map((each) => [each.uuid, each]));
    return ({ uuid }) => ({ copies: counts.get(uuid)?.copies ?? null, metadata: read.get(uuid) ?? null });
  }
}
