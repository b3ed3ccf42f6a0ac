import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { type FeedPosition, positionAfter } from '#libs/replication/exchange.js';
import { FEED_PAGE_LIMIT } from './feed.js';
import { Inbox } from './inbox.js';
import { readPage } from './peer-messages.js';
import { PullPeer } from './sync.jobs.js';

interface Step {
  readonly position: FeedPosition;
  /** Some of it was refused: it is asked for again by the next reading. */
  readonly isIncomplete: boolean;
}

/** Reads one peer's feed from where it was left to its end (MESH §3). */
@Injectable()
export class PullPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = PullPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
    private readonly inbox: Inbox,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    const peer = await this.peers.findByIss(iss);
    if (!peer || peer.firewalledMode || peer.paused) return;
    let from: FeedPosition = { epoch: peer.pulledEpoch, seq: peer.pulledSeq };
    let hasGap = false;
    for (let isAtEnd = false; !isAtEnd;) {
      if (signal.aborted) throw new JobInterrupted();
      const { position, isIncomplete } = await this.readOn(peer, from, signal);
      hasGap ||= isIncomplete;
      // The stored position stays before the first gap; what comes after it is merged all the same.
      if (!hasGap) await this.peers.setPulled(iss, position.epoch!, position.seq);
      isAtEnd = position.epoch === from.epoch && position.seq === from.seq;
      from = position;
    }
  }

  /** Merges one page; answers the position after it, the same one at the end of the feed. */
  private async readOn(peer: Peer, from: FeedPosition, signal: AbortSignal): Promise<Step> {
    const query = { since: from.seq, limit: FEED_PAGE_LIMIT };
    const page = readPage(await this.client.json(peer, 'GET', '/api/ods/catalog', { query, signal }));
    const position = positionAfter(from, page);
    if (position.seq < from.seq) return { position, isIncomplete: false }; // another feed: these items are not the ones after `from`
    const { refused } = await this.inbox.receive(peer, page.items);
    return { position, isIncomplete: refused.length > 0 };
  }
}
