import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { FEED_PAGE_LIMIT } from './feed.js';
import { Inbox } from './inbox.js';
import { readPage } from './peer-messages.js';
import { PullPeer } from './sync.jobs.js';

interface Position {
  readonly epoch: string | null;
  readonly seq: number;
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
    let position: Position = { epoch: peer.pulledEpoch, seq: peer.pulledSeq };
    for (let isAtEnd = false; !isAtEnd; ) {
      if (signal.aborted) throw new JobInterrupted();
      const before = position;
      position = await this.readOn(peer, before, signal);
      isAtEnd = position.epoch === before.epoch && position.seq === before.seq;
    }
  }

  /** Merges one page; answers the position after it, the same one at the end of the feed. */
  private async readOn(peer: Peer, from: Position, signal: AbortSignal): Promise<Position> {
    const query = { since: from.seq, limit: FEED_PAGE_LIMIT };
    const page = readPage(await this.client.json(peer, 'GET', '/api/ods/catalog', { query, signal }));
    if (page.epoch !== from.epoch && from.seq > 0) return this.moveTo(peer, { epoch: page.epoch, seq: 0 });
    const { refused } = await this.inbox.receive(peer, page.items);
    // What was refused (a clock far ahead, say) is asked for again by the next reading.
    if (refused.length > 0) return from;
    return this.moveTo(peer, { epoch: page.epoch, seq: page.next });
  }

  private async moveTo(peer: Peer, position: { epoch: string; seq: number }): Promise<Position> {
    await this.peers.setPulled(peer.iss, position.epoch, position.seq);
    return position;
  }
}
