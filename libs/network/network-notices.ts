import { Injectable } from '@nestjs/common';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { isoSeconds } from '#libs/platform/format/dates.js';
import { PeerRuns } from '#libs/peers/identity/peer-runs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { PeerRepairRepository } from './peer-repair.repository.js';
import { OwnClock, type OwnClockReport } from '#libs/peers/clocks/own-clock.js';

/** `problem`: people have to act; `info`: it happened and is over. */
export const severities = ['problem', 'info'] as const;
export type Severity = (typeof severities)[number];

/** What people should know about the network as a whole, in a sentence. */
export interface Notice {
  readonly kind: 'clock' | 'repair' | 'identity';
  readonly severity: Severity;
  readonly sentence: string;
}

/** Collects what is to be said about the network as a whole. */
@Injectable()
export class NetworkNotices {
  constructor(
    private readonly ownClock: OwnClock,
    private readonly packages: PackageRepository,
    private readonly repairs: PeerRepairRepository,
    private readonly peers: PeerRepository,
    private readonly runs: PeerRuns,
    private readonly clock: Clock,
  ) {}

  async all(): Promise<{ clock: OwnClockReport; notices: Notice[] }> {
    const clock = await this.ownClock.report();
    return {
      clock,
      notices: [
        ...clockNotice(clock),
        ...(await this.futureNotice(clock)),
        ...(await this.repairNotices()),
        ...(await this.identityNotices()),
      ],
    };
  }

  /** What a wrong clock has left behind. While the clock is wrong, that it is so comes first. */
  private async futureNotice({ state }: OwnClockReport): Promise<Notice[]> {
    const latestMs = state === 'right' ? await this.ownClock.latestStampMs() : null;
    const count = latestMs === null ? 0 : await this.packages.countStampedAfter(latestMs);
    if (count === 0) return [];
    const what = count === 1 ? '1 package was' : `${count} packages were`;
    const sentence = `${what} stamped with a time that is still to come, by a clock that was wrong: other servers refuse it. Run "ods-admin reset-clock" on the server that stamped it.`;
    return [{ kind: 'clock', severity: 'problem', sentence }];
  }

  private async identityNotices(): Promise<Notice[]> {
    const peers = new Map((await this.peers.findAll()).map((peer) => [peer.iss, peer]));
    return (await this.runs.conflicts()).flatMap(({ iss, address, rivalAddress }): Notice[] => {
      const peer = peers.get(iss);
      if (!peer) return [];
      const command = `POST /api/admin/registered_ods/${peer.id}/identity`;
      const sentence = `Two running servers use the identity of ${peer.name} (${iss}): one at ${peer.url || address}, and one that calls from ${rivalAddress ?? 'elsewhere'}. The second one is not spoken with. Switch off the copy, or start it with an empty DATA_DIR and an empty database; then decide with ${command} and {"keep": "registered"} or "copy".`;
      return [{ kind: 'identity', severity: 'problem', sentence }];
    });
  }

  /** What was repaired in the last day. */
  private async repairNotices(): Promise<Notice[]> {
    const repairs = await this.repairs.findSince(this.clock.now() - SHOWN_MS);
    const names = new Map((await this.peers.findAll()).map(({ iss, name }) => [iss, name]));
    return repairs.map(({ iss, lastReceived, lastSent, lastMs }): Notice => {
      const name = names.get(iss) ?? iss;
      const parts = [
        ...(lastReceived > 0 ? [`repaired ${entries(lastReceived)} from ${name}`] : []),
        ...(lastSent > 0 ? [`repaired ${entries(lastSent)} at ${name}`] : []),
      ];
      return { kind: 'repair', severity: 'info', sentence: `The catalogs differed: ${parts.join(', ')} (${isoSeconds(lastMs)} UTC).` };
    });
  }
}

/** A repair is shown for a day, in milliseconds. */
const SHOWN_MS = 86_400_000;
const entries = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`;

const clockNotice = ({ state, sentence }: OwnClockReport): Notice[] =>
  state === 'ahead' || state === 'behind' ? [{ kind: 'clock', severity: 'problem', sentence }] : [];
