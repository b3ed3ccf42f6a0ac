import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { type FeedPosition, positionAfter } from '#libs/replication/exchange.js';
import { FEED_EPOCH_HEADER, FEED_PAGE_LIMIT } from './feed.js';
import { CatalogReceiver } from './catalog-receiver.js';
import { readPage, type ReceivedPage } from './peer-messages.js';

export interface FeedRequest {
  /** Seconds for which the peer may hold the call open until there is news. */
  readonly wait?: number;
  /** Which part of what the peer wants: what it asked for before this number of its own. */
  readonly wantsBefore?: number | null;
}

export interface FeedStep {
  readonly position: FeedPosition;
  readonly page: ReceivedPage;
}

/** An answer may come this much later than the wait that was asked for, in milliseconds. */
const GRACE_MS = 10_000;

/** Reads one peer's feed page by page, and keeps in mind how far (MESH §3). */
@Injectable()
export class FeedReader {
  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
    private readonly receiver: CatalogReceiver,
  ) {}

  /** Merges one page; answers the position after it, the same one at the end of the feed. */
  async readOn(peer: Peer, from: FeedPosition, signal: AbortSignal, { wait = 0, wantsBefore = null }: FeedRequest = {}): Promise<FeedStep> {
    const query = {
      since: from.seq,
      limit: FEED_PAGE_LIMIT,
      ...(wait > 0 ? { wait } : {}),
      ...(wantsBefore === null ? {} : { wants_before: wantsBefore }),
    };
    const patience = wait > 0 ? { timeoutMs: wait * 1_000 + GRACE_MS } : {};
    const page = readPage(
      await this.client.json(peer, 'GET', '/api/ods/catalog', {
        query,
        signal,
        isTry: true,
        ...patience,
        headers: { ...(from.epoch === null ? {} : { [FEED_EPOCH_HEADER]: from.epoch }) },
      }),
    );
    const position = positionAfter(from, page);
    if (position.seq < from.seq) return { position, page }; // another feed: these items are not the ones after `from`
    await this.receiver.receive(peer, page.items, page.keys);
    return { position, page };
  }

  async keep(iss: string, { epoch, seq }: FeedPosition): Promise<void> {
    await this.peers.setPulled(iss, epoch!, seq);
  }
}
