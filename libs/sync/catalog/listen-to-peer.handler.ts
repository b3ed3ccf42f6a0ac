import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { type FeedPosition, FeedWatch } from '#libs/replication/exchange.js';
import { FeedReader, type FeedStep } from './feed-reader.js';
import { ListenToPeer } from '../sync.jobs.js';
import { OutboundContent } from '../firewalled/outbound-content.js';

/** How long a peer is asked to hold the call open, in seconds. */
const WAIT_SECONDS = 25;
/** How soon a listener notices that it is not wanted any more, in milliseconds. */
const LOOK_MS = 3_000;
/** A peer that answers at once and has nothing to say (it stops, or it is broken) is not asked more often than this. Milliseconds. */
const BREATH_MS = 1_000;

/** Where a listener is in a peer's feed, and in the list of what the peer wants. */
interface Place {
  from: FeedPosition;
  wantsBefore: number | null;
  readonly watch: FeedWatch;
}

/** Keeps one call open to a peer while this server is firewalled: peers cannot call here to push news (MESH §7). */
@Injectable()
export class ListenToPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = ListenToPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly reader: FeedReader,
    private readonly outbound: OutboundContent,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    const unwanted = new AbortController();
    const watch = setInterval(() => void this.stopUnlessWanted(iss, unwanted), LOOK_MS);
    try {
      await this.listen(iss, AbortSignal.any([signal, unwanted.signal]));
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      if (!unwanted.signal.aborted) throw error;
    } finally {
      clearInterval(watch);
    }
  }

  private async listen(iss: string, signal: AbortSignal): Promise<void> {
    let place: Place | undefined;
    for (;;) {
      signal.throwIfAborted();
      const peer = await this.wantedPeer(iss);
      if (!peer) return;
      place ??= { from: { epoch: peer.pulledEpoch, seq: peer.pulledSeq }, wantsBefore: null, watch: new FeedWatch() };
      await this.hear(peer, place, signal);
    }
  }

  private async hear(peer: Peer, place: Place, signal: AbortSignal): Promise<void> {
    const { from, wantsBefore, watch } = place;
    const wait = wantsBefore === null ? WAIT_SECONDS : 0; // the rest of its wants is there already
    const asked = Date.now();
    const step = await this.reader.readOn(peer, from, signal, { wait, wantsBefore, watch });
    await this.moveOn(peer, place, step);
    const isIdle = wait > 0 && step.page.items.length === 0 && Date.now() - asked < BREATH_MS;
    if (isIdle) await sleep(BREATH_MS, undefined, { signal });
  }

  private async moveOn({ iss }: Peer, place: Place, { position, page }: FeedStep): Promise<void> {
    const hasMoved = position.epoch !== place.from.epoch || position.seq !== place.from.seq;
    place.from = position;
    if (hasMoved) await this.reader.keep(iss, position);
    await this.outbound.offer({ iss }, page.wants);
    place.wantsBefore = page.wantsBefore;
  }

  private async wantedPeer(iss: string): Promise<Peer | null> {
    const { firewalledMode } = await this.identity.get();
    const peer = firewalledMode ? await this.peers.findByIss(iss) : null;
    return peer && !peer.firewalledMode && !peer.paused ? peer : null;
  }

  private async stopUnlessWanted(iss: string, unwanted: AbortController): Promise<void> {
    try {
      if (!(await this.wantedPeer(iss))) unwanted.abort();
    } catch {
      // the database is away: the lease says what becomes of this listener
    }
  }
}
