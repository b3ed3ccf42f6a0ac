import { Injectable } from '@nestjs/common';
import { CatalogClockRepository } from '#libs/packages/catalog/catalog-clock.repository.js';
import { CatalogDigest } from '#libs/replication/catalog-digest.js';
import { NetworkPackageRepository } from './network-package.repository.js';

const PAGE = 1_000;

interface Kept {
  readonly epoch: string;
  readonly digest: CatalogDigest;
  seq: number;
}

/** The digest of this server's catalog, kept by each process: only what has changed since is read again. */
@Injectable()
export class OwnDigest {
  private kept: Kept | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly clocks: CatalogClockRepository,
    private readonly packages: NetworkPackageRepository,
  ) {}

  /** As it is now. One caller at a time brings it up to date. */
  current(): Promise<CatalogDigest> {
    const mine = this.turn.then(() => this.refresh());
    this.turn = mine.catch(() => undefined); // its own caller hears of it; the next one tries again
    return mine;
  }

  private async refresh(): Promise<CatalogDigest> {
    const { epoch, seq } = await this.clocks.read();
    // Another database, or this one as it was before: nothing that is kept counts.
    if (this.kept?.epoch !== epoch || seq < this.kept.seq) this.kept = { epoch, digest: new CatalogDigest(), seq: 0 };
    const { kept } = this;
    for (;;) {
      const rows = await this.packages.findChangedAfter(kept.seq, PAGE);
      rows.forEach((row) => kept.digest.put(row));
      kept.seq = rows.at(-1)?.seq ?? kept.seq;
      if (rows.length < PAGE) return kept.digest;
    }
  }
}
