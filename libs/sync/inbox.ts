import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ServerStates } from '#libs/network/server-states.js';
import { Catalog } from '#libs/packages/catalog.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { checkFilename } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { RemovalBrake } from '#libs/packages/removal-brake.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import type { Entry } from '#libs/replication/entry.js';
import { isTooFarAhead } from '#libs/replication/stamp.js';
import { EntryMalformed, fromWire } from '#libs/replication/wire-entry.js';

/** What a peer told, before it is trusted: one element of a feed page or of a poke, about a package or about a server. */
export interface ReceivedItem {
  readonly entry?: unknown;
  readonly held: boolean;
  readonly server?: unknown;
}

export interface Receipt {
  /** Items that were news. */
  readonly taken: number;
  /** Why entries were refused, at most a few sentences. */
  readonly refused: string[];
}

const MAX_REASONS = 5;
/** Entries merged in one transaction: all other writers wait for it. */
const MERGE_BATCH = 200;

/** Where news of peers comes in, by poke or by pull: checked, merged, and wanted content asked for (MESH §2, §4). */
@Injectable()
export class Inbox {
  private readonly logger = new Logger(Inbox.name);

  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly brake: RemovalBrake,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly servers: ServerStates,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  async receive(peer: Pick<Peer, 'name' | 'iss'>, items: readonly ReceivedItem[]): Promise<Receipt> {
    const refused: string[] = [];
    const entries: Entry[] = [];
    const held: string[] = [];
    for (const item of items) {
      if (item.server !== undefined) continue;
      const entry = this.read(item.entry, refused);
      if (!entry) continue;
      entries.push(entry);
      if (item.held && !entry.deleted) held.push(entry.uuid);
    }
    if (refused.length > 0) this.logger.warn(`${peer.name} told ${refused.length} entries that were refused: ${refused[0]}`);
    const taken = await this.merge(await this.brake.sieve(peer, entries));
    await this.wake(held);
    const summaries = items.map(({ server }) => server).filter((server) => server !== undefined);
    const heard = await this.servers.merge(peer.name, summaries);
    return { taken: taken + heard, refused: refused.slice(0, MAX_REASONS) };
  }

  private async merge(entries: readonly Entry[]): Promise<number> {
    let taken = 0;
    for (let at = 0; at < entries.length; at += MERGE_BATCH) taken += await this.catalog.merge(entries.slice(at, at + MERGE_BATCH));
    return taken;
  }

  private read(value: unknown, refused: string[]): Entry | null {
    try {
      const entry = fromWire(value);
      if (checkFilename(entry.filename) !== entry.filename) throw new EntryMalformed(`The filename is not in Unicode NFC.`);
      if (isTooFarAhead(entry.stamp, this.clock.now())) {
        throw new EntryMalformed(
          `The entry of ${entry.filename} is stamped ${new Date(entry.stamp.wallMs).toISOString()}, but here it is ${new Date(this.clock.now()).toISOString()}: one of the servers has a wrong clock.`,
        );
      }
      return entry;
    } catch (error) {
      refused.push((error as Error).message);
      return null;
    }
  }

  /** A peer has bytes that this server waits for: look again now, whatever the back-off says. */
  private async wake(uuids: readonly string[]): Promise<void> {
    const states = await this.contents.findStates(uuids);
    const absent = uuids.filter((uuid) => states.get(uuid) === 'absent');
    if (absent.length === 0) return;
    const wanted = await this.packages.findWanted(absent);
    await this.db.transaction(
      async () => {
        for (const uuid of wanted) await this.jobs.add(ContentWanted, { uuid }, { key: uuid, now: true });
      },
      { canBeLost: true },
    );
  }
}
