import { Injectable } from '@nestjs/common';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { type PackageAddress, PackageFinder } from '#libs/packages/package-finder.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';

export interface Inspected {
  readonly row: Package;
  /** Null while the inspection is waited for. */
  readonly metadata: PackageMetadata | null;
}

/** What is known of what is inside packages. */
@Injectable()
export class InspectionService {
  constructor(
    private readonly finder: PackageFinder,
    private readonly metadata: PackageMetadataRepository,
  ) {}

  /** Throws PackageNotFound. */
  async get(address: PackageAddress): Promise<Inspected> {
    const row = await this.finder.find(address);
    return { row, metadata: await this.metadata.find(row.uuid) };
  }

  /** Forgets what was read, so that it is read again. Throws PackageNotFound, PackageAmbiguous or StageNotYours. */
  async again(address: PackageAddress): Promise<Inspected> {
    const row = await this.finder.findToChange(address);
    requireStages(row.stage);
    await this.metadata.remove(row.uuid);
    return { row, metadata: null };
  }
}
