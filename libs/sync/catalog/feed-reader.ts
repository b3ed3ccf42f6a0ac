import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRefusals } from '#libs/peers/peer-refusals.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerAnswerInvalid } from '#libs/peers/peers.errors.js';
import { type FeedPosition, type FeedWatch, positionAfter } from '#libs/replication/exchange.js';
import { FEED_EPOCH_HEADER, FEED_PAGE_LIMIT } from './feed.js';
import { CatalogReceiver } from './catalog-receiver.js';
import { readPage, type ReceivedPage } from './peer-messages.js';

export interface FeedRequest {
  /** Seconds for which the peer may hold the call open until there is news. */
  readonly wait?: number;
  /** Which part of what the peer wants: what it asked for before this number of its own. */
  readonly wantsBefore?: number | null;
  /** Sees every step of one reading. */
  readonly watch: FeedWatch;
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
    private readonly refusals: PeerRefusals,
  ) {}

  /**
   * Merges one page; answers the position after it, the same one at the end of the feed. Throws PeerAnswerInvalid where two databases answer in
   * turn, and what PeerClient does.
   */
  async readOn(
    peer: Peer,
    from: FeedPosition,
    signal: AbortSignal,
    { wait = 0, wantsBefore = null, watch }: FeedRequest,
  ): Promise<FeedStep> {
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
    if (watch.hasReturned(from, position)) await this.refuseTwoFeeds(peer);
    if (position.seq < from.seq) return { position, page }; // another feed: these items are not the ones after `from`
    await this.receiver.receive(peer, page.items, page.keys);
    return { position, page };
  }

  private async refuseTwoFeeds(peer: Peer): Promise<never> {
    const reason = `Two databases answer at ${peer.url} in turn. Does a load balancer there stand before two servers, or before the copy of one?`;
    await this.refusals.note(peer, [reason]);
    throw new PeerAnswerInvalid(reason);
  }

  async keep(iss: string, { epoch, seq }: FeedPosition): Promise<void> {
    await this.peers.setPulled(iss, epoch!, seq);
  }
}
