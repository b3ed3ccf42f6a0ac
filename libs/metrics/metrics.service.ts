import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Readiness } from '#libs/platform/http/readiness.js';
import { registry } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { CertificateWatch } from '#libs/platform/tls/certificate-watch.js';
import { isItsTurn } from '#libs/replication/jamf-leader.js';
import { medianOf } from '#libs/replication/clock-comparison.js';
import { Gauges } from './gauges.js';
import { MetricsRepository } from './metrics.repository.js';

/** Figures are kept for at most so many servers, so that a large mesh does not make a large page. */
const MOST_PEERS = 200;
/** A comparison of clocks that is older says nothing any more, in milliseconds. */
const CLOCK_LASTS_MS = 60 * 60_000;

/** Everything an operator watches, in the text format of Prometheus. */
@Injectable()
export class MetricsService {
  constructor(
    private readonly figures: MetricsRepository,
    private readonly readiness: Readiness,
    private readonly store: PackageStore,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly certificate: CertificateWatch,
  ) {}

  /** While the database is unavailable, this process's own figures and `ods_ready 0`. */
  async page(): Promise<string> {
    const gauges = new Gauges();
    const { status } = await this.readiness.report();
    gauges.ready.set(status === 'not ready' ? 0 : 1);
    gauges.degraded.set(status === 'ready' ? 0 : 1);
    this.readCertificate(gauges);
    gauges.diskReserve.set(this.config.get('DISK_RESERVE_BYTES'));
    if (status !== 'not ready') await this.read(gauges);
    return `${await registry.metrics()}\n${await gauges.registry.metrics()}`;
  }

  private async read(gauges: Gauges): Promise<void> {
    await Promise.all([
      this.readPackages(gauges),
      this.readJobs(gauges),
      this.readPeers(gauges),
      this.readJamf(gauges),
      this.readBackups(gauges),
    ]);
    gauges.diskFree.set(await this.store.freeBytes());
  }

  private readCertificate({ tlsEnds }: Gauges): void {
    const { endsMs } = this.certificate;
    if (endsMs === null)
      tlsEnds.remove(); // else it would say 0
    else tlsEnds.set(endsMs / 1_000);
  }

  private async readPackages({ packages, packageBytes, copies, transfers, uncheckedContents }: Gauges): Promise<void> {
    for (const { status, count, bytes } of await this.figures.packages()) {
      packages.set({ status }, count);
      packageBytes.set({ status }, bytes);
    }
    for (const { state, count } of await this.figures.copies()) copies.set({ copies: state }, count);
    for (const { state, count } of await this.figures.transfers()) transfers.set({ state }, count);
    for (const [what, count] of Object.entries(await this.figures.uncheckedContents())) uncheckedContents.set({ what }, count);
  }

  private async readJamf({ jamfRecords, jamfCompared, jamfChecks, jamfLeader }: Gauges): Promise<void> {
    const { records, checks } = await this.figures.jamf();
    const connection = await this.figures.jamfConnection();
    const [now, intervalMs] = [this.clock.now(), this.config.get('JAMF_LEADER_SECONDS') * 1_000];
    if (connection === null) jamfLeader.remove();
    else jamfLeader.set(isItsTurn(connection, now, intervalMs) ? 1 : 0);
    const isLedElsewhere = connection !== null && Boolean(connection.leaderIss) && connection.leadsFromMs === null;
    const comparedMs = isLedElsewhere ? null : (connection?.comparedMs ?? null);
    for (const { state, count } of records) jamfRecords.set({ state }, count);
    for (const { state, count } of checks) jamfChecks.set({ state }, count);
    if (comparedMs === null)
      jamfCompared.remove(); // else it would say 0
    else jamfCompared.set(Math.max(0, now - comparedMs) / 1_000);
  }

  private async readBackups({ backupSucceeded, backupFailed, backupPeriod }: Gauges): Promise<void> {
    const isOn = this.config.get('backupDir') !== null;
    const { succeededMs, failedMs } = await this.figures.backups();
    const figures = [
      [backupSucceeded, succeededMs],
      [backupFailed, failedMs],
      [backupPeriod, this.config.get('BACKUP_EVERY_HOURS') * 3_600_000],
    ] as const;
    for (const [gauge, ms] of figures) {
      if (isOn && ms !== null) gauge.set(ms / 1_000);
      else gauge.remove(); // else it would say 0
    }
  }

  private async readJobs({ jobs, oldestJob }: Gauges): Promise<void> {
    const now = this.clock.now();
    let longestMs = 0;
    for (const { type, state, count, firstDueMs } of await this.figures.jobs()) {
      jobs.set({ type, state }, count);
      if (state === 'due') longestMs = Math.max(longestMs, now - firstDueMs);
    }
    oldestJob.set(longestMs / 1_000);
  }

  private async readPeers({ peers, peersUnreachable, peerLag, peerUnreachable, ...clocks }: Gauges): Promise<void> {
    const now = this.clock.now();
    const [seq, standings] = await Promise.all([this.figures.catalogSeq(), this.figures.peers(MOST_PEERS)]);
    const fresh = (await this.figures.peerClocks()).filter(({ measuredMs }) => Math.abs(now - measuredMs) < CLOCK_LASTS_MS);
    const known = new Set(standings.map(({ iss }) => iss));
    const offsets = new Map(fresh.filter(({ iss }) => known.has(iss)).map(({ iss, offsetMs }) => [iss, offsetMs]));
    peers.set(standings.length);
    peersUnreachable.set(standings.filter(({ unreachableSinceMs }) => unreachableSinceMs !== null).length);
    for (const { name, iss, ackedSeq, unreachableSinceMs } of standings) {
      const peer = `${name} (${iss.slice(0, 8)})`; // two servers may have one name
      peerLag.set({ peer }, Math.max(0, seq - ackedSeq));
      peerUnreachable.set({ peer }, unreachableSinceMs === null ? 0 : (now - unreachableSinceMs) / 1_000);
      const offsetMs = offsets.get(iss);
      if (offsetMs !== undefined) clocks.peerClockOffset.set({ peer }, offsetMs / 1_000);
    }
    const median = medianOf([...offsets.values()]);
    if (median === null)
      clocks.clockOffset.remove(); // else it would say 0
    else clocks.clockOffset.set(median / 1_000);
  }
}
