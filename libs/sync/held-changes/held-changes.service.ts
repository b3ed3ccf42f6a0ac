import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { GuardedChange } from '#libs/entities/guarded-change.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { readProposal } from '#libs/packages/catalog/held-proposal.js';
import type { Arrival } from '#libs/packages/catalog/merge-plan.js';
import { entryOf, registersOf } from '#libs/packages/catalog/registers-of.js';
import type { Draft } from '#libs/packages/catalog/write-signer.js';
import { filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { GuardedChangeRepository } from '#libs/packages/catalog/guarded-change.repository.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { Database } from '#libs/platform/database/database.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import type { Package } from '#libs/entities/package.entity.js';
import type { Entry } from '#libs/replication/entry.js';
import { legacyUpdate } from '#libs/replication/legacy-entry.js';
import { flatten, mergeRegisters } from '#libs/replication/register.js';

export interface HeldChange {
  readonly change: GuardedChange;
  /** The entry that waits. */
  readonly entry: Entry;
  /** The one in force here. */
  readonly current: Entry;
}

const BATCH = 200;
const MOST = 100_000;

const entryIn = ({ entry }: GuardedChange): Entry => readProposal(entry!).entry;

function arrivalOf({ entry: text }: GuardedChange): Arrival {
  const { entry, update } = readProposal(text!);
  return update ? { filename: entry.filename, update } : { filename: entry.filename, entry };
}

/** Everything that is in force, written anew. */
function again(current: Package): Draft {
  const { content, stage, notes } = registersOf(current);
  return { content: { ...content.value, filename: content.filename }, stage: stage.value, notes: notes.value };
}

/** Whether the held change would still take anything away: a later content of the name overtakes it. */
function isOpenFor({ entry: text }: GuardedChange, row: Package): boolean {
  const { entry, update } = readProposal(text!);
  const before = registersOf(row);
  const after = mergeRegisters(before, update ?? legacyUpdate(entry, before));
  if (!after) return false;
  const [was, becomes] = [flatten(before), flatten(after)];
  return was.deleted !== becomes.deleted || was.stage !== becomes.stage || was.uuid !== becomes.uuid;
}

/** Destructive changes of other servers that wait for an administrator (docs/mesh.md, "Mass change guard"). */
@Injectable()
export class HeldChangesService {
  constructor(
    private readonly db: Database,
    private readonly changes: GuardedChangeRepository,
    private readonly packages: PackageRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly peers: PeerRepository,
    private readonly audit: AuditTrail,
    private readonly ownClock: OwnClock,
  ) {}

  async list(limit: number): Promise<{ items: HeldChange[]; total: number; peerNames: ReadonlyMap<string, string> }> {
    const items = await this.current(await this.changes.findHeld(limit));
    const peers = await this.peers.findAll();
    return { items, total: await this.changes.countHeld(), peerNames: new Map(peers.map(({ iss, name }) => [iss, name])) };
  }

  /** Merges them: they are confirmed. Answers how many. */
  async apply(filenames?: readonly string[]): Promise<number> {
    return this.inBatches('deletes.applied', filenames, async (batch) => {
      await this.catalog.merge(batch.map(({ change }) => arrivalOf(change)));
    });
  }

  /** Writes what is in force here anew, later than they are, so that it returns to every server. Answers how many. */
  async reject(filenames?: readonly string[]): Promise<number> {
    await this.ownClock.requireRight();
    return this.inBatches('deletes.rejected', filenames, async (batch) => {
      for (const { entry } of batch) await this.catalog.write(entry.filename, (current) => again(current!), { seen: entry.stamp });
    });
  }

  private async inBatches(
    action: string,
    filenames: readonly string[] | undefined,
    decide: (batch: readonly HeldChange[]) => Promise<void>,
  ): Promise<number> {
    const keys = filenames?.map(filenameKey).filter((key) => !key.includes('\0')); // which PostgreSQL does not take
    const held = keys ? await this.changes.findHeldByKeys(keys) : await this.changes.findHeld(MOST);
    let count = 0;
    for (let at = 0; at < held.length; at += BATCH) {
      const batch = held.slice(at, at + BATCH);
      count += await this.db.transaction(async () => {
        const meant = await this.current(batch);
        await decide(meant);
        await this.changes.release(batch.map(({ heldKey }) => heldKey!));
        if (meant.length > 0) await this.audit.record({ action, details: { filenames: meant.map(({ entry }) => entry.filename) } });
        return meant.length;
      });
      for (const { heldKey } of batch) await this.links.settle(heldKey!);
    }
    return count;
  }

  /** Without those that a later write has overtaken: these destroy nothing any more, and are merged. */
  private async current(held: readonly GuardedChange[]): Promise<HeldChange[]> {
    const rows = await this.packages.findByKeys(held.map(({ heldKey }) => heldKey!));
    const byKey = new Map(rows.map((row) => [row.filenameKey, row]));
    const open: HeldChange[] = [];
    const over: GuardedChange[] = [];
    for (const change of held) {
      const row = byKey.get(change.heldKey!);
      if (row && isOpenFor(change, row)) open.push({ change, entry: entryIn(change), current: entryOf(row) });
      else over.push(change);
    }
    await this.catalog.merge(over.map(arrivalOf));
    await this.changes.release(over.map(({ heldKey }) => heldKey!));
    return open;
  }
}
