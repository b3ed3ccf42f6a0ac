import { Injectable } from '@nestjs/common';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import type { Inspection } from '#libs/inspection/formats/inspection-result.js';
import { readStored } from '#libs/inspection/metadata-of.js';
import { checkMunkiPath, filenameKey } from '#libs/packages/filename.js';
import { PackageFinder } from '#libs/packages/package-finder.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { PackageMetadataRepository } from '#libs/packages/titles/package-metadata.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { readPkginfo } from '../catalogs/pkginfo-facts.js';
import { MunkiDocuments } from '../files/munki-documents.js';
import { MUNKI_STAGE } from '../files/munki-files.service.js';
import { MunkiPackageNotReady, MunkiPkginfoTaken } from '../munki.errors.js';
import { pkginfoOf, type WantedPkginfo } from './pkginfo-of.js';

export interface PkginfoOrder extends Pick<WantedPkginfo, 'name' | 'catalogs' | 'overrides'> {
  /** A package of the share. */
  readonly filename: string;
  /** Below pkgsinfo; empty for none. */
  readonly folder: string;
  readonly replaces: boolean;
}

export interface StoredPkginfo {
  readonly file: Package;
  /** It was there already, for the same content; nothing was written. */
  readonly alreadyExisted: boolean;
  readonly missing: readonly string[];
}

/** Writes pkginfo files for packages that this server has, of what was read in them. */
@Injectable()
export class PkginfoMaker {
  constructor(
    private readonly finder: PackageFinder,
    private readonly metadata: PackageMetadataRepository,
    private readonly packages: PackageRepository,
    private readonly documents: MunkiDocuments,
    private readonly clock: Clock,
  ) {}

  /** Throws PackageNotFound, MunkiPackageNotReady, MunkiPkginfoTaken, InvalidFilename, and what ContentPublisher does. */
  async make({ folder, replaces, ...order }: PkginfoOrder): Promise<StoredPkginfo> {
    requireStages(MUNKI_STAGE);
    const row = await this.finder.find({ text: order.filename, by: 'name' });
    const wanted = { ...order, madeBy: 'Open Distribution Server', madeAt: new Date(this.clock.now()) };
    const { filename, size, sha256 } = row;
    const made = pkginfoOf({ filename, size, sha256, inspection: await this.inspectionOf(row) }, wanted);
    const place = [...(folder === '' ? [] : [folder]), `${made.name}-${made.version}.plist`].join('/');
    const path = checkMunkiPath(`pkgsinfo/${place}`);
    const current = await this.packages.findByKey(filenameKey(MUNKI_PREFIX + path));
    if (current && !current.deleted && !replaces) {
      if ((await this.hashNamedBy(current)) !== sha256) throw new MunkiPkginfoTaken(path);
      return { file: current, alreadyExisted: true, missing: made.missing };
    }
    const { package: file } = await this.documents.write(path, writePlist(made.dict), { replaces });
    return { file, alreadyExisted: false, missing: made.missing };
  }

  /** Null for a file of a kind that is not read. */
  private async inspectionOf({ uuid, filename, status }: Package): Promise<Inspection | null> {
    const found: PackageMetadata | null = await this.metadata.find(uuid);
    if (status !== 'Public' || found === null) throw new MunkiPackageNotReady(filename, status === 'Public');
    const stored = readStored(found.json);
    return 'inspection' in stored ? stored.inspection : null;
  }

  /** The hash that a pkginfo file names for its installer item; null when it cannot be read. */
  private async hashNamedBy({ servedUuid }: Package): Promise<string | null> {
    if (servedUuid === null) return null;
    const read = readPkginfo(await this.documents.read(servedUuid));
    return 'fault' in read ? null : read.installerHash;
  }
}
