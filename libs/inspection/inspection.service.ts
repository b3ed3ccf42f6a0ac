import { Injectable } from '@nestjs/common';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { type PackageAddress, PackageFinder } from '#libs/packages/package-finder.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { type Related, RelatedPackages } from '#libs/packages/titles/related-packages.js';
import { PackageMetadataRepository } from '#libs/packages/titles/package-metadata.repository.js';

export interface Inspected {
  readonly row: Package;
  /** Null while the inspection is waited for. */
  readonly metadata: PackageMetadata | null;
  /** Others of the same title, and whether the signer changed; null while the inspection is waited for. */
  readonly related: Related | null;
}

/** What is known of what is inside packages. */
@Injectable()
export class InspectionService {
  constructor(
    private readonly finder: PackageFinder,
    private readonly metadata: PackageMetadataRepository,
    private readonly related: RelatedPackages,
  ) {}

  /** Throws PackageNotFound. */
  async get(address: PackageAddress): Promise<Inspected> {
    const row = await this.finder.find(address);
    const metadata = await this.metadata.find(row.uuid);
    return { row, metadata, related: metadata && (await this.related.of(row, metadata)) };
  }

  /** Forgets what was read, so that it is read again. Throws PackageNotFound, PackageAmbiguous or StageNotYours. */
  async again(address: PackageAddress): Promise<Inspected> {
    const row = await this.finder.findToChange(address);
    requireStages(row.stage);
    await this.metadata.remove(row.uuid);
    return { row, metadata: null, related: null };
  }
}
