import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfNotCompared, JamfNotSetUp, JamfPointsNotCompared, JamfWritingNotConfirmed } from '../jamf.errors.js';
import { COMPARE_KEY, ComparePoints, CompareWithJamf } from '../jamf.jobs.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';

export type JamfSettings = Pick<JamfConnection, 'mode' | 'hashType' | 'gate' | 'createMissing' | 'managePoints'>;

export interface JamfOverview {
  readonly connection: JamfConnection;
  readonly counts: ReadonlyMap<JamfRecordState, number>;
}

const settingsOf = ({ mode, hashType, gate, createMissing, managePoints }: JamfSettings): JamfSettings => ({
  ...{ mode, hashType, gate, createMissing, managePoints },
});

/** How package records are kept, and where they are. */
@Injectable()
export class JamfSettingsService {
  constructor(
    private readonly db: Database,
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
    private readonly points: JamfPointRepository,
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
  async set(settings: JamfSettings, isConfirmed: boolean): Promise<JamfOverview> {
    await this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (before === null) throw new JamfNotSetUp();
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

  /** Has everything compared now. Throws JamfNotSetUp. */
  async compare(): Promise<void> {
    if ((await this.connections.find()) === null) throw new JamfNotSetUp();
    await this.compareNow();
  }

  private async compareNow(): Promise<void> {
    await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
    await this.jobs.add(ComparePoints, {}, { key: COMPARE_KEY, now: true });
  }

  /** What begins to be written, and has not been confirmed. */
  private async requireConfirmed(before: JamfConnection, after: JamfSettings, isConfirmed: boolean): Promise<void> {
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
    if (what.length > 0 && !isConfirmed) throw new JamfWritingNotConfirmed(what);
  }
}

const writesPoints = ({ mode, managePoints }: JamfSettings): boolean => mode === 'write' && managePoints;
