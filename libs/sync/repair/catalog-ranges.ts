import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { OwnDigest } from '#libs/network/own-digest.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { entryHash } from '#libs/replication/catalog-digest.js';
import { compareRange, type NamedHash } from '#libs/replication/range-comparison.js';
import { Feed, type FeedPage } from '../catalog/feed.js';
import { type DigestAnswer, GIVEN_LIMIT, type RangeRequest } from './repair-messages.js';

export interface RangeResponse extends Pick<FeedPage, 'items' | 'keys'> {
  readonly wants: string[];
  readonly until: string | null;
}

/** This server's catalog, part by part, as it is compared with another one (MESH §13). */
@Injectable()
export class CatalogRanges {
  constructor(
    private readonly digest: OwnDigest,
    private readonly packages: PackageRepository,
    private readonly feed: Feed,
  ) {}

  async digests(): Promise<Required<DigestAnswer>> {
    const digest = await this.digest.current();
    return { digest: digest.partsText(), munki_digest: digest.munkiText() };
  }

  /** The entries of one part, by their keys in the order of UTF-16 code units. */
  async rowsIn(bucket: number): Promise<ReadonlyMap<string, Package>> {
    const rows = await this.packages.findByIds((await this.digest.current()).idsIn(bucket));
    rows.sort((a, b) => (a.filenameKey < b.filenameKey ? -1 : 1));
    return new Map(rows.map((row) => [row.filenameKey, row]));
  }

  namesOf(rows: ReadonlyMap<string, Package>): NamedHash[] {
    return [...rows].map(([key, row]): NamedHash => [key, entryHash(row)]);
  }

  /** What another server should have of a range, and what is wanted from it. */
  async compare({ bucket, names, after, until }: RangeRequest): Promise<RangeResponse> {
    const rows = await this.rowsIn(bucket);
    const difference = compareRange(this.namesOf(rows), names, { after, until }, GIVEN_LIMIT);
    const part = await this.feed.partOf(difference.give.map((key) => rows.get(key)!));
    return { ...part, wants: difference.want, until: difference.until };
  }
}
