import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Package } from '#libs/entities/package.entity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { ServerStates } from '#libs/network/server-states.js';
import { CatalogClockRepository } from '#libs/packages/catalog-clock.repository.js';
import { entryOf } from '#libs/packages/entry-of.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { tellFrom } from '#libs/replication/exchange.js';
import { toWire, type WireEntry } from '#libs/replication/wire-entry.js';
import { takeWithin } from './take-within.js';

/** A changed package: the entry, and whether this server can give its bytes. */
export interface EntryItem {
  readonly seq: number;
  readonly entry: WireEntry;
  readonly held: boolean;
}

/** What a server of the mesh says of itself now (§11). */
export interface ServerItem {
  readonly seq: number;
  readonly server: { readonly iss: string; readonly public_key: string; readonly body: string; readonly signature: string };
}

/** One change as it is told to a peer. */
export type FeedItem = EntryItem | ServerItem;

export interface FeedPage {
  readonly epoch: string;
  /** The changes are those after this number. */
  readonly since: number;
  readonly items: FeedItem[];
  /** Ask for changes after this number next. */
  readonly next: number;
  /** The newest number there is: `next` equals it when the reader has caught up. */
  readonly last: number;
}

/** Most items of one page: usually about 0.5 MiB of JSON. */
export const FEED_PAGE_LIMIT = 1_000;
/** Most bytes of a page's items: long names and notes must not make a poke larger than a body may be. */
const PAGE_BYTES = 2 * 2 ** 20;
/** How often an open long poll looks for news: any replica may have made them. Milliseconds. */
const LOOK_MS = 150;

const entryItem = (row: Package): EntryItem => ({ seq: row.seq, entry: toWire(entryOf(row)), held: row.status === 'Public' });

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
    private readonly shutdown: Shutdown,
  ) {}

  /** What a peer that acknowledged up to `acknowledged` has still to be told. */
  async after(acknowledged: number): Promise<FeedPage> {
    const { seq } = await this.clocks.read();
    return this.page(tellFrom(acknowledged, seq), FEED_PAGE_LIMIT);
  }

  async page(since: number, limit: number): Promise<FeedPage> {
    // The clock is read first: a change between the two reads is then seen as one more to come, never missed.
    const { epoch, seq: last } = await this.clocks.read();
    const rows = await this.packages.findChangedAfter(since, limit);
    const servers = await this.servers.findChangedAfter(since, limit);
    const changes = [...rows.map(entryItem), ...servers.map(serverItem)].sort((a, b) => a.seq - b.seq);
    const items = takeWithin(changes.slice(0, limit), PAGE_BYTES);
    return { epoch, since, items, next: items.at(-1)?.seq ?? Math.min(since, last), last };
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
