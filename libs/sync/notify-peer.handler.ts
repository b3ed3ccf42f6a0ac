import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { acknowledgedAfter } from '#libs/replication/exchange.js';
import { Feed, type FeedPage } from './feed.js';
import { OutboundContent } from './firewalled/outbound-content.js';
import { readAcknowledgement, type Acknowledgement } from './peer-messages.js';
import { NotifyPeer } from './sync.jobs.js';

/** Pokes one peer with everything it has not acknowledged, page by page (MESH §4). */
@Injectable()
export class NotifyPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = NotifyPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
    private readonly feed: Feed,
    private readonly outbound: OutboundContent,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new JobInterrupted();
      const peer = await this.peers.findByIss(iss);
      if (!peer || peer.firewalledMode || peer.paused) return; // nobody to call: a firewalled peer reads our feed itself (MESH §7)
      const page = await this.feed.after(peer.ackedSeq);
      if (page.items.length === 0) return;
      const answer = await this.poke(peer, page, signal);
      await this.peers.setAcknowledged(iss, answer.epoch, acknowledgedAfter(peer.ackedEpoch, answer.epoch, page.next));
      await this.outbound.offer(peer, answer.wants);
    }
  }

  private async poke(peer: Peer, { epoch, since, next, items }: FeedPage, signal: AbortSignal): Promise<Acknowledgement> {
    const body = { epoch, since, next, items };
    return readAcknowledgement(await this.client.json(peer, 'POST', '/api/ods/notifications', { body, signal }));
  }
}
