import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Package } from '#libs/entities/package.entity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { MunkiTakers } from '#libs/network/munki-takers.js';
import { ServerStates } from '#libs/network/server-states.js';
import { CatalogClockRepository } from '#libs/packages/catalog/catalog-clock.repository.js';
import { registersOf } from '#libs/packages/catalog/registers-of.js';
import { Incarnation } from '#libs/packages/catalog/incarnation.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { feedStart } from '#libs/replication/exchange.js';
import { flatten, type Registers, writesOf } from '#libs/replication/register.js';
import { spaceOf } from '#libs/replication/space.js';
import { toWire, type WireEntry } from '#libs/replication/wire-entry.js';
import { type WireWrite, writeToWire } from '#libs/replication/wire-write.js';
import { AuthorKeys } from '#libs/trust/author-keys.js';
import type { KeyIntroduction } from '#libs/trust/key-introduction.js';
import { TransitCopies } from '../transit/transit-copies.js';
import { takeWithin } from './take-within.js';

/** A changed package: its parts, and whether this server can give its bytes. */
export interface EntryItem {
  readonly seq: number;
  /** The parts as one record, for servers of the version before. */
  readonly entry: WireEntry;
  readonly writes: readonly WireWrite[];
  readonly held: boolean;
}

/** What a server of the mesh says of itself now (§11). */
export interface ServerItem {
  readonly seq: number;
  readonly server: { readonly iss: string; readonly public_key: string; readonly body: string; readonly signature: string };
}

/** One change as it is sent to a peer. */
export type FeedItem = EntryItem | ServerItem;

export interface FeedPage {
  readonly epoch: string;
  /** The changes are those after this number. */
  readonly since: number;
  readonly items: FeedItem[];
  /** Keys of the authors of the items, other than this server. */
  readonly keys: readonly KeyIntroduction[];
  /** Ask for changes after this number next. */
  readonly next: number;
  /** The newest number there is: `next` equals it when the reader has caught up. */
  readonly last: number;
}

/** Most items of one page: usually about 0.5 MiB of JSON. */
export const FEED_PAGE_LIMIT = 1_000;
/** A reader names the epoch of which it has read up to `since`; servers of an earlier version do not. */
export const FEED_EPOCH_HEADER = 'ods-feed-epoch';
/** Most bytes of a page's items: long names and notes must not make a push larger than a body may be. */
const PAGE_BYTES = 2 * 2 ** 20;
/** How often an open long poll looks for news: any replica may have made them. Milliseconds. */
const LOOK_MS = 150;

const entryItem = ({ seq }: Package, registers: Registers, isHeld: boolean): EntryItem => ({
  seq,
  entry: toWire(flatten(registers)),
  writes: writesOf(registers).map(writeToWire),
  held: isHeld,
});

const isOfMunki = (item: FeedItem): boolean => 'entry' in item && spaceOf(item.entry.filename) === 'munki';

const authorsIn = (items: readonly FeedItem[]): string[] => {
  const signed = items.flatMap((item) => ('writes' in item ? item.writes.filter(({ sig }) => sig !== null) : []));
  return [...new Set(signed.map(({ stamp }) => stamp.iss))];
};

const serverItem = ({ seq, iss, publicKey, body, signature }: ServerState): ServerItem => ({
  seq,
  server: { iss, public_key: publicKey, body, signature },
});

/** This server's changes, in its own order (MESH §3). */
@Injectable()
export class Feed {
  constructor(
    private readonly clocks: CatalogClockRepository,
    private readonly packages: PackageRepository,
    private readonly servers: ServerStates,
    private readonly munki: MunkiTakers,
    private readonly keys: AuthorKeys,
    private readonly contents: ContentRepository,
    private readonly transit: TransitCopies,
    private readonly shutdown: Shutdown,
    private readonly incarnation: Incarnation,
  ) {}

  /** What has still to be sent to a peer that acknowledged up to `acknowledged`. */
  async after(acknowledged: number, iss: string, limit = FEED_PAGE_LIMIT): Promise<FeedPage> {
    const { seq } = await this.clocks.read();
    return this.page(feedStart(acknowledged, seq), iss, limit);
  }

  /** Entries as they are sent to a peer, at whatever place in the feed they are, with the keys of their authors. */
  async partOf(rows: readonly Package[]): Promise<Pick<FeedPage, 'items' | 'keys'>> {
    const items = await this.entryItems(rows);
    return { items, keys: await this.keys.introductionsOf(authorsIn(items)) };
  }

  /** A reader that received more than there is: the numbers mean other changes now, and get a new epoch (MESH §3). */
  async checkReader(epoch: string | undefined, since: number): Promise<void> {
    const clock = await this.clocks.read();
    if (epoch === clock.epoch && since > clock.seq) await this.incarnation.disprove(epoch);
  }

  /** `iss`: the reader. What its version does not take is passed over; comparing catalogs brings it once it does (MESH §13). */
  async page(since: number, iss: string, limit: number): Promise<FeedPage> {
    // The clock is read first: a change between the two reads is then seen as one more to come, never missed.
    const { epoch, durableSeq: last } = await this.clocks.readDurable();
    const rows = await this.packages.findChangedAfter(since, limit);
    const servers = await this.servers.findChangedAfter(since, limit);
    const changes = [...(await this.entryItems(rows)), ...servers.map(serverItem)].sort((a, b) => a.seq - b.seq);
    // What was written since may not be on the disk yet.
    const durable = changes.filter(({ seq }) => seq <= last);
    const read = takeWithin(durable.slice(0, limit), PAGE_BYTES);
    const isPassedOver = read.some(isOfMunki) && !(await this.munki.takes(iss));
    const items = isPassedOver ? read.filter((item) => !isOfMunki(item)) : read;
    const keys = await this.keys.introductionsOf(authorsIn(items));
    return { epoch, since, items, keys, next: read.at(-1)?.seq ?? Math.min(since, last), last };
  }

  private async entryItems(rows: readonly Package[]): Promise<EntryItem[]> {
    const passedOn = await this.findPassedOn(rows);
    return rows.map((row) => entryItem(row, registersOf(row), row.status === 'Public' || passedOn.has(row.uuid)));
  }

  /** Those that are here for other servers only. */
  private async findPassedOn(rows: readonly Package[]): Promise<ReadonlySet<string>> {
    const withdrawn = rows.filter(({ status }) => status === 'Withdrawn').map(({ uuid }) => uuid);
    if (withdrawn.length === 0 || !(await this.transit.areAllowed())) return new Set();
    return new Set([...(await this.contents.findStates(withdrawn))].filter(([, state]) => state === 'withdrawn').map(([uuid]) => uuid));
  }

  /** Waits until there is something after `since`, the time is up, or the server stops. */
  async waitForNews(since: number, waitMs: number): Promise<void> {
    const until = Date.now() + waitMs;
    while (Date.now() < until && !this.shutdown.signal.aborted) {
      if ((await this.clocks.read()).seq > since) return;
      await sleep(Math.min(LOOK_MS, until - Date.now()));
    }
  }
}
