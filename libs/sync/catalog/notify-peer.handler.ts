import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerBodyTooLarge } from '#libs/peers/peers.errors.js';
import { acknowledgedAfter } from '#libs/replication/exchange.js';
import { Feed, type FeedPage } from './feed.js';
import { OutboundContent } from '../firewalled/outbound-content.js';
import { readAcknowledgement, type Acknowledgement } from './peer-messages.js';
import { NotifyPeer } from '../sync.jobs.js';

/** Pushes to one peer everything it has not acknowledged, page by page (MESH §4). */
@Injectable()
export class NotifyPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = NotifyPeer;
  /** Most changes at a time that the proxy in front of a peer was seen to let through, by its iss. */
  private readonly limits = new Map<string, number>();

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
    private readonly feed: Feed,
    private readonly outbound: OutboundContent,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    for (;;) {
      if (signal.aborted) throw new JobInterrupted();
      const peer = await this.peers.findByIss(iss);
      if (!peer || peer.firewalledMode || peer.paused) return; // no call to make: a firewalled peer reads our feed itself (MESH §7)
      const page = await this.feed.after(peer.ackedSeq, iss, this.limits.get(iss));
      if (page.next <= page.since) return;
      const answer = await this.push(peer, page, signal);
      if (answer === null) continue;
      if (answer.isPaused) return this.peers.notePausedThere(peer, this.clock.now()); // it is sent again every RECONCILE_SECONDS
      await this.peers.setAcknowledged(iss, answer.epoch, acknowledgedAfter(peer.ackedEpoch, answer.epoch, page.next));
      await this.peers.noteRejected(peer, page, { seqs: answer.refusedSeqs, reason: answer.refusedReason });
      await this.outbound.offer(peer, answer.wants);
    }
  }

  /** Null when a proxy on the way takes no body of that size: then half as many changes are sent, and from then on. */
  private async push(peer: Peer, page: FeedPage, signal: AbortSignal): Promise<Acknowledgement | null> {
    const { epoch, since, next, items, keys } = page;
    const body = { epoch, since, next, items, keys };
    try {
      return readAcknowledgement(await this.client.json(peer, 'POST', '/api/ods/notifications', { body, signal, isTry: true }));
    } catch (error) {
      if (!(error instanceof PeerBodyTooLarge) || items.length < 2) throw error;
      this.limits.set(peer.iss, Math.ceil(items.length / 2));
      return null;
    }
  }
}
