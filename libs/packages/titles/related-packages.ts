import { Injectable } from '@nestjs/common';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import type { Stage } from '#libs/replication/stage.js';
import { ContentRepository } from '../content.repository.js';
import { PackageRepository } from '../package.repository.js';
import { kindsLike } from './kinds.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';
import { describeSigning, isSameSigner, type Signing } from './signer-change.js';
import { versionOrder, type VersionOrder } from './version-order.js';

/** Another content of the same title. */
export interface SameTitle {
  readonly filename: string;
  /** Null when it is not in force: it was replaced or deleted. */
  readonly stage: Stage | null;
  readonly createdMs: number;
  readonly metadata: PackageMetadata;
}

export interface RelatedPackage extends SameTitle {
  readonly stage: Stage;
  /** What its version is beside that of the package that is asked about. */
  readonly order: VersionOrder;
}

export interface SignerChange {
  /** What it is compared with. */
  readonly before: SameTitle;
  readonly now: Signing;
  readonly sentence: string;
}

export interface Related {
  readonly packages: readonly RelatedPackage[];
  readonly signerChange: SignerChange | null;
}

const MOST_LISTED = 20;

function signerChange(row: Package, now: Signing, before: SameTitle): SignerChange {
  const where = before.stage === null ? 'not in force any more' : `in ${before.stage}`;
  const sentence = `The signer changed. ${before.filename} (${where}) is ${describeSigning(before.metadata)}; ${row.filename} is ${describeSigning(now)}.`;
  return { before, now, sentence };
}

/** Compares a package with others of its title: computed here from what this server read, and nothing of it is believed from peers. */
@Injectable()
export class RelatedPackages {
  constructor(
    private readonly metadata: PackageMetadataRepository,
    private readonly contents: ContentRepository,
    private readonly packages: PackageRepository,
  ) {}

  async of(row: Package, metadata: PackageMetadata): Promise<Related> {
    if (metadata.state !== 'done') return { packages: [], signerChange: null };
    const others = await this.ofTitle(metadata);
    const inForce = others.flatMap((each): RelatedPackage[] =>
      each.stage === null ? [] : [{ ...each, stage: each.stage, order: versionOrder(each.metadata.version, metadata.version) }],
    );
    return {
      packages: inForce.slice(0, MOST_LISTED),
      signerChange: this.changeAfter(row, metadata, others),
    };
  }

  /** Against the newest earlier one in Prod; where none is in Prod, against every earlier one that this server still knows. */
  private changeAfter(row: Package, now: PackageMetadata, others: readonly SameTitle[]): SignerChange | null {
    const earlier = others.filter(({ createdMs }) => createdMs < row.createdMs);
    const inProd = earlier.find(({ stage }) => stage === 'Prod');
    const before = (inProd ? [inProd] : earlier).find(({ metadata }) => !isSameSigner(metadata, now));
    return before ? signerChange(row, now, before) : null;
  }

  /** The newest first. */
  private async ofTitle(metadata: PackageMetadata): Promise<SameTitle[]> {
    const found = await this.metadata.findOfTitle(metadata, kindsLike(metadata.kind));
    const uuids = found.map(({ uuid }) => uuid);
    const contents = new Map((await this.contents.findNames(uuids)).map((each) => [each.uuid, each]));
    const entries = new Map((await this.packages.findByUuids(uuids)).map((each) => [each.uuid, each]));
    const others = found.flatMap((each): SameTitle[] => {
      const [content, entry] = [contents.get(each.uuid), entries.get(each.uuid)];
      if (!content) return [];
      const stage = entry && !entry.deleted ? entry.stage : null;
      return [{ filename: entry?.filename ?? content.filename, stage, createdMs: content.createdMs, metadata: each }];
    });
    return others.sort((a, b) => b.createdMs - a.createdMs);
  }
}
