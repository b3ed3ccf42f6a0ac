import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Removal } from '#libs/entities/removal.entity.js';
import { Catalog } from '#libs/packages/catalog.js';
import { entryOf } from '#libs/packages/entry-of.js';
import { filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { RemovalRepository } from '#libs/packages/removal.repository.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { Database } from '#libs/platform/database/database.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { type Entry, supersedes } from '#libs/replication/entry.js';
import { fromWire } from '#libs/replication/wire-entry.js';

export interface HeldDelete {
  readonly removal: Removal;
  readonly entry: Entry;
  readonly size: number;
}

const BATCH = 200;
const MOST = 100_000;

const entryIn = ({ entry }: Removal): Entry => fromWire(JSON.parse(entry!));

/** Deletes and withdrawals that wait for an administrator: mass news of one peer (docs/mesh.md, "A brake on mass deletes"). */
@Injectable()
export class HeldDeletesService {
  constructor(
    private readonly db: Database,
    private readonly removals: RemovalRepository,
    private readonly packages: PackageRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly peers: PeerRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list(limit: number): Promise<{ items: HeldDelete[]; total: number; peerNames: ReadonlyMap<string, string> }> {
    const items = await this.current(await this.removals.findHeld(limit));
    const peers = await this.peers.findAll();
    return { items, total: await this.removals.countHeld(), peerNames: new Map(peers.map(({ iss, name }) => [iss, name])) };
  }

  /** They are meant: the packages go. Answers how many. */
  async apply(filenames?: readonly string[]): Promise<number> {
    return this.inBatches('deletes.applied', filenames, async (batch) => {
      await this.catalog.merge(batch.map(({ entry }) => entry));
    });
  }

  /** They are not: what this server has is written anew, later than the deletes, and so comes back everywhere. Answers how many. */
  async reject(filenames?: readonly string[]): Promise<number> {
    return this.inBatches('deletes.rejected', filenames, async (batch) => {
      for (const { entry } of batch) await this.catalog.write(entry.filename, (current) => entryOf(current!), entry.stamp);
    });
  }

  private async inBatches(
    action: string,
    filenames: readonly string[] | undefined,
    decide: (batch: readonly HeldDelete[]) => Promise<void>,
  ): Promise<number> {
    const keys = filenames?.map(filenameKey).filter((key) => !key.includes('\0')); // which PostgreSQL does not take
    const held = keys ? await this.removals.findHeldByKeys(keys) : await this.removals.findHeld(MOST);
    let count = 0;
    for (let at = 0; at < held.length; at += BATCH) {
      const batch = held.slice(at, at + BATCH);
      count += await this.db.transaction(async () => {
        const meant = await this.current(batch);
        await decide(meant);
        await this.removals.release(batch.map(({ heldKey }) => heldKey!));
        if (meant.length > 0) await this.audit.record({ action, details: { filenames: meant.map(({ entry }) => entry.filename) } });
        return meant.length;
      });
      for (const { heldKey } of batch) await this.links.settle(heldKey!);
    }
    return count;
  }

  /** Without those that a later write has overtaken; these are let go of. */
  private async current(held: readonly Removal[]): Promise<HeldDelete[]> {
    const rows = await this.packages.findByKeys(held.map(({ heldKey }) => heldKey!));
    const byKey = new Map(rows.map((row) => [row.filenameKey, row]));
    const isOpen = (removal: Removal): boolean => {
      const row = byKey.get(removal.heldKey!);
      return row !== undefined && supersedes(entryIn(removal), entryOf(row));
    };
    await this.removals.release(held.filter((removal) => !isOpen(removal)).map(({ heldKey }) => heldKey!));
    return held.filter(isOpen).map((removal) => ({ removal, entry: entryIn(removal), size: byKey.get(removal.heldKey!)!.size }));
  }
}
