import { Injectable } from '@nestjs/common';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { type FeedPosition, FeedWatch } from '#libs/replication/exchange.js';
import { FeedReader } from './feed-reader.js';
import { PullPeer } from '../sync.jobs.js';

/** Reads one peer's feed from where it was left to its end (MESH §3). */
@Injectable()
export class PullPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = PullPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly reader: FeedReader,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    const peer = await this.peers.findByIss(iss);
    if (!peer || peer.firewalledMode || peer.paused) return;
    let from: FeedPosition = { epoch: peer.pulledEpoch, seq: peer.pulledSeq };
    const watch = new FeedWatch();
    for (let isAtEnd = false; !isAtEnd;) {
      if (signal.aborted) throw new JobInterrupted();
      const { position } = await this.reader.readOn(peer, from, signal, { watch });
      await this.reader.keep(iss, position);
      isAtEnd = position.epoch === from.epoch && position.seq === from.seq;
      from = position;
    }
  }
}
