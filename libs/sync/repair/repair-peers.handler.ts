import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { OwnDigest } from '#libs/network/own-digest.js';
import { ServerStateRepository } from '#libs/network/server-state.repository.js';
import { PeerRefused } from '#libs/peers/peers.errors.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { monotonicMs } from '#libs/peers/clocks/peer-clocks.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { catalogsAgree, readSummary } from '#libs/replication/server-summary.js';
import { RepairPeers } from '../sync.jobs.js';
import { RepairLog } from './repair-log.js';
import { RepairPeer } from './repair-peer.js';

/** What is remembered of a peer whose catalog differs. Lost with the process: then it takes as long again. */
interface Suspicion {
  /** Since when each part has differed, on the monotonic clock. */
  readonly since: Map<number, number>;
  /** After a repair that changed nothing (what differs is held or refused): not before this time. */
  notBefore: number;
  fruitless: number;
}

/** The wait after fruitless repairs doubles up to so many periods. */
const LONGEST_WAIT_PERIODS = 64;

/** Positions make the mesh fast, comparing makes it certain: finds what no position will ever bring, and repairs it (MESH §13). */
@Injectable()
export class RepairPeersHandler extends JobHandler<Record<string, never>> {
  readonly type: typeof RepairPeers;
  private readonly logger = new Logger('Repair');
  private readonly suspicions = new Map<string, Suspicion>();
  private readonly periodMs: number;

  constructor(
    private readonly peers: PeerRepository,
    private readonly states: ServerStateRepository,
    private readonly digest: OwnDigest,
    private readonly repairPeer: RepairPeer,
    private readonly log: RepairLog,
    config: Config,
  ) {
    super();
    this.periodMs = config.get('REPAIR_SECONDS') * 1_000;
    this.type = { ...RepairPeers, everyMs: this.periodMs };
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const peers = (await this.peers.findAll()).filter(({ firewalledMode, paused, url }) => !firewalledMode && !paused && url !== '');
    const known = new Set(peers.map(({ iss }) => iss));
    for (const iss of this.suspicions.keys()) if (!known.has(iss)) this.suspicions.delete(iss);
    for (const peer of peers) {
      if (signal.aborted) throw new JobInterrupted();
      try {
        await this.examine(peer, signal);
      } catch (error) {
        // One that does not answer is shown as such, and must not keep the others from being compared.
        this.logger.debug(`The catalog of ${peer.name} could not be compared: ${String(error)}`);
        if (error instanceof PeerRefused && error.peerStatus === 404) this.wait(this.suspicionOf(peer.iss), LONGEST_WAIT_PERIODS); // an earlier version
      }
    }
  }

  private async examine(peer: Peer, signal: AbortSignal): Promise<void> {
    if (await this.agrees(peer.iss)) {
      this.suspicions.delete(peer.iss);
      return;
    }
    const suspicion = this.suspicionOf(peer.iss);
    const now = monotonicMs();
    if (now < suspicion.notBefore) return;
    const differing = await this.repairPeer.differing(peer, signal);
    for (const bucket of suspicion.since.keys()) if (!differing.includes(bucket)) suspicion.since.delete(bucket);
    for (const bucket of differing) if (!suspicion.since.has(bucket)) suspicion.since.set(bucket, now);
    // The timer is early by a tenth at most.
    const lasting = differing.filter((bucket) => now - suspicion.since.get(bucket)! >= this.periodMs * 0.85);
    if (lasting.length === 0) return;
    const repaired = await this.repairPeer.repair(peer, lasting, signal);
    await this.log.record(peer, repaired);
    const isFruitless = repaired.received + repaired.sent === 0;
    suspicion.fruitless = isFruitless ? suspicion.fruitless + 1 : 0;
    if (isFruitless) this.wait(suspicion, Math.min(LONGEST_WAIT_PERIODS, 2 ** suspicion.fruitless));
  }

  private wait(suspicion: Suspicion, periods: number): void {
    suspicion.notBefore = monotonicMs() + periods * this.periodMs;
  }

  private suspicionOf(iss: string): Suspicion {
    const known = this.suspicions.get(iss) ?? { since: new Map<number, number>(), notBefore: -Infinity, fruitless: 0 };
    this.suspicions.set(iss, known);
    return known;
  }

  /** By what the peer last said of itself: no call is needed while all is well. */
  private async agrees(iss: string): Promise<boolean> {
    const state = await this.states.find(iss);
    if (!state) return false;
    try {
      const own = await this.digest.current();
      const ours = { digest: own.toText(), digest2: own.partsText(), munkiDigest: own.munkiText() };
      return catalogsAgree(ours, readSummary(state.body)).every(Boolean);
    } catch {
      return false; // a summary of another version
    }
  }
}
