import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { Config } from '#libs/platform/config/config.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerNews } from '#libs/peers/peers.jobs.js';
import { NEEDS_A_SOURCE, TransferWaker } from '../transfers/transfer-waker.js';
import { ListenToPeer, NotifyPeer, PullPeer, ReconcilePeers } from '../sync.jobs.js';

/** Pushing makes the mesh fast, comparing makes it certain: every peer is pulled from and pushed to again on a timer (MESH §4). */
@Injectable()
export class ReconcilePeersHandler extends JobHandler<Record<string, never>> {
  readonly type: typeof ReconcilePeers;

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly jobs: Jobs,
    config: Config,
  ) {
    super();
    this.type = { ...ReconcilePeers, everyMs: config.get('RECONCILE_SECONDS') * 1_000 };
  }

  async run(): Promise<void> {
    const isListening = (await this.identity.get()).firewalledMode;
    for (const { iss, firewalledMode, paused } of await this.peers.findAll()) {
      if (firewalledMode || paused) continue;
      if (isListening) await this.jobs.add(ListenToPeer, { iss }, { key: iss });
      await this.jobs.add(PullPeer, { iss }, { key: iss });
      await this.jobs.add(NotifyPeer, { iss }, { key: iss });
    }
  }
}

/** A peer was registered, came back, or an administrator wants it synced: exchange catalogs now. */
@Injectable()
export class PeerNewsHandler extends JobHandler<{ iss: string }> {
  readonly type = PeerNews;

  constructor(
    private readonly identity: ServerIdentity,
    private readonly waker: TransferWaker,
    private readonly jobs: Jobs,
  ) {
    super();
  }

  async run({ iss }: { iss: string }): Promise<void> {
    if ((await this.identity.read()).firewalledMode) await this.jobs.add(ListenToPeer, { iss }, { key: iss, now: true });
    await this.jobs.add(PullPeer, { iss }, { key: iss, now: true });
    await this.jobs.add(NotifyPeer, { iss }, { key: iss, now: true });
    await this.waker.wake(NEEDS_A_SOURCE); // its feed may have nothing new, and yet it has what we miss
  }
}
