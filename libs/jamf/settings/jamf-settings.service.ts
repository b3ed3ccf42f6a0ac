import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfNotCompared, JamfNotSetUp, JamfPointsNotCompared, JamfWritingNotConfirmed } from '../jamf.errors.js';
import { COMPARE_KEY, ComparePoints, CompareWithJamf, LookForLeader } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';

export type JamfSettings = Pick<JamfConnection, 'mode' | 'hashType' | 'gate' | 'createMissing' | 'managePoints' | 'priority'>;

/** Without a priority the one that is saved stays. */
export type JamfSettingsChange = Omit<JamfSettings, 'priority'> & { readonly priority?: number };

export interface JamfOverview {
  readonly connection: JamfConnection;
  readonly counts: ReadonlyMap<JamfRecordState, number>;
}

const settingsOf = ({ mode, hashType, gate, createMissing, managePoints, priority }: JamfSettings): JamfSettings => ({
  ...{ mode, hashType, gate, createMissing, managePoints, priority },
});

/** How package records are kept, and where they are. */
@Injectable()
export class JamfSettingsService {
  constructor(
    private readonly db: Database,
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
    private readonly points: JamfPointRepository,
    private readonly leadership: JamfLeadership,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws JamfNotSetUp. */
  async overview(): Promise<JamfOverview> {
    const connection = await this.connections.find();
    if (connection === null) throw new JamfNotSetUp();
    return { connection, counts: await this.records.countByState() };
  }

  /** Throws JamfNotSetUp; JamfNotCompared or JamfWritingNotConfirmed when writing is to begin. */
  async set(change: JamfSettingsChange, isConfirmed: boolean): Promise<JamfOverview> {
    await this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (before === null) throw new JamfNotSetUp();
      const settings = { priority: before.priority, ...change };
      await this.requireConfirmed(before, settings, isConfirmed);
      const { id: _id, ...row } = before;
      await this.connections.save({ ...row, ...settingsOf(settings) });
      await this.audit.record({
        action: 'jamf.settings_updated',
        subject: before.url,
        details: { before: settingsOf(before), after: settingsOf(settings) },
      });
      await this.compareNow();
    });
    return this.overview();
  }

  /** Has everything compared now. Throws JamfNotSetUp, JamfLedElsewhere. */
  async compare(): Promise<void> {
    const saved = await this.connections.find();
    if (saved === null) throw new JamfNotSetUp();
    await this.leadership.requireNoOther(saved);
    await this.compareNow();
  }

  private async compareNow(): Promise<void> {
    await this.jobs.add(LookForLeader, {}, { key: COMPARE_KEY, now: true });
    await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
    await this.jobs.add(ComparePoints, {}, { key: COMPARE_KEY, now: true });
  }

  /** What begins to be written, and has not been confirmed. */
  private async requireConfirmed(before: JamfConnection, after: JamfSettings, isConfirmed: boolean): Promise<void> {
    const { leader, isThis } = await this.leadership.view(before);
    const what = leader !== null && !isThis ? takenOver(before, after, leader.name) : await this.whatIsWritten(before, after);
    if (what.length > 0 && !isConfirmed) throw new JamfWritingNotConfirmed(what);
  }

  private async whatIsWritten(before: JamfConnection, after: JamfSettings): Promise<string[]> {
    const what: string[] = [];
    if (after.mode === 'write' && before.mode === 'watch') {
      if (before.comparedMs === null) throw new JamfNotCompared();
      const counts = await this.records.countByState();
      const [creates, updates] = [counts.get('to_create') ?? 0, counts.get('to_update') ?? 0];
      what.push(`${creates} package records would be made in ${before.url} and ${updates} changed, and further ones as packages come.`);
    }
    if (writesPoints(after) && !writesPoints(before)) {
      if (before.pointsMs === null) throw new JamfPointsNotCompared(before.pointsFault);
      const counts = await this.points.countByState();
      const [creates, updates] = [counts.get('to_create') ?? 0, counts.get('to_update') ?? 0];
      what.push(`${creates} distribution points would be made in ${before.url} and ${updates} changed.`);
    }
    return what;
  }
}

/** Where another server writes, nothing was compared here that could be counted. */
const takenOver = (before: JamfConnection, after: JamfSettings, leader: string): string[] =>
  startsWriting(before, after)
    ? [`The server "${leader}" keeps ${before.url} in step. When it cannot, this server takes over and writes what its own rules say.`]
    : [];

const startsWriting = (before: JamfSettings, after: JamfSettings): boolean =>
  (after.mode === 'write' && before.mode === 'watch') || (writesPoints(after) && !writesPoints(before));

const writesPoints = ({ mode, managePoints }: Pick<JamfSettings, 'mode' | 'managePoints'>): boolean => mode === 'write' && managePoints;
