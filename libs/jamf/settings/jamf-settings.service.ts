import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfNotCompared, JamfNotSetUp, JamfWritingNotConfirmed } from '../jamf.errors.js';
import { COMPARE_KEY, CompareWithJamf } from '../jamf.jobs.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';

export type JamfSettings = Pick<JamfConnection, 'mode' | 'hashType' | 'gate' | 'createMissing'>;

export interface JamfOverview {
  readonly connection: JamfConnection;
  readonly counts: ReadonlyMap<JamfRecordState, number>;
}

const settingsOf = ({ mode, hashType, gate, createMissing }: JamfSettings): JamfSettings => ({ mode, hashType, gate, createMissing });

/** How package records are kept, and where they are. */
@Injectable()
export class JamfSettingsService {
  constructor(
    private readonly db: Database,
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
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
      if (settings.mode === 'write' && before.mode === 'watch') await this.requireConfirmed(before, isConfirmed);
      const { id: _id, ...row } = before;
      await this.connections.save({ ...row, ...settingsOf(settings) });
      await this.audit.record({
        action: 'jamf.settings_updated',
        subject: before.url,
        details: { before: settingsOf(before), after: settingsOf(settings) },
      });
      await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
    });
    return this.overview();
  }

  /** Has everything compared now. Throws JamfNotSetUp. */
  async compare(): Promise<void> {
    if ((await this.connections.find()) === null) throw new JamfNotSetUp();
    await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
  }

  private async requireConfirmed({ comparedMs, url }: JamfConnection, isConfirmed: boolean): Promise<void> {
    if (comparedMs === null) throw new JamfNotCompared();
    if (isConfirmed) return;
    const counts = await this.records.countByState();
    throw new JamfWritingNotConfirmed(counts.get('to_create') ?? 0, counts.get('to_update') ?? 0, url);
  }
}
