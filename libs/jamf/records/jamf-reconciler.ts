import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { ComputeDigests } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { type Compared, type ComparedPackage, JamfComparison, type Orphan } from './jamf-comparison.js';
import { JamfRecordRepository, type JamfRecordRow } from './jamf-record.repository.js';
import type { RecordPlan } from './plan-record.js';
import { isUndecided, rowAfter, type Written } from './record-row.js';
import { RecordWriter, type WriteOutcome } from './record-writer.js';

/** States that an administrator has to look at. */
export const driftStates: readonly JamfRecordState[] = ['edited_hash', 'conflict', 'missing_in_jamf', 'orphan'];
const EXAMPLES = 10;

/** A package whose comparison is written down. */
interface Pending extends ComparedPackage {
  readonly stored: JamfRecordRow;
}

function rowOf({ target, wanted, before, plan }: ComparedPackage, now: number): JamfRecordRow {
  const { record, isTakenOver, write, state } = plan;
  // A record that needs no write is right as it is; one that does is taken over when it has been written.
  const isRight = record !== null && write === null && state === 'in_step';
  return rowAfter(target, before, plan, isRight && isTakenOver ? { record, seeds: wanted.seeds, atMs: null } : null, now);
}

/** Brings packages and records in step, as far as the settings allow. */
@Injectable()
export class JamfReconciler {
  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly comparison: JamfComparison,
    private readonly writer: RecordWriter,
    private readonly records: JamfRecordRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly events: DomainEvents,
    private readonly audit: AuditTrail,
    private readonly leadership: JamfLeadership,
    private readonly clock: Clock,
  ) {}

  /** Answers the version of Jamf Pro. Throws JamfFault; what was written until then is kept. */
  async run(connection: JamfConnection, client: JamfClient, signal: AbortSignal): Promise<string> {
    const compared = await this.comparison.run(client, connection);
    for (const each of await this.note(connection, compared)) {
      signal.throwIfAborted();
      if (!(await this.mayWrite(connection))) break;
      await this.settle(connection, each, await this.writer.write(each, client, connection));
    }
    return compared.version;
  }

  /** Writes down what was found; answers what is to be written. Nothing of it counts when the connection was changed meanwhile. */
  private note(connection: JamfConnection, { packages, orphans }: Compared): Promise<Pending[]> {
    return this.db.transaction(async () => {
      if ((await this.connections.hold())?.url !== connection.url) return [];
      const now = this.clock.now();
      const present = new Map((await this.records.all()).map((row) => [row.filenameKey, row]));
      // What an administrator decided meanwhile is not overwritten: that asked for another comparison.
      const undecided = packages.filter(({ target, before }) => isUndecided(before, present.get(target.filenameKey) ?? null));
      const noted = undecided.map((each): Pending => ({ ...each, stored: rowOf(each, now) }));
      await this.records.saveAll(
        noted.map(({ stored }) => stored),
        present,
      );
      for (const orphan of orphans) await this.noteOrphan(orphan, now);
      await this.tellDrift(noted, orphans);
      if (noted.some(({ plan }) => plan.state === 'waiting_digest')) await this.jobs.add(ComputeDigests, {}, { key: 'all', now: true });
      return noted.filter(({ plan }) => plan.write !== null);
    });
  }

  private async noteOrphan({ before, record }: Orphan, checkedMs: number): Promise<void> {
    if (record === null) return this.records.remove({ id: before.id });
    const reason = `The package is not here any more, or no rule maps it. Record ${record.id} is left as it is.`;
    return this.records.update(before.id, { state: 'orphan', reason, checkedMs });
  }

  private async tellDrift(packages: readonly ComparedPackage[], orphans: readonly Orphan[]): Promise<void> {
    const drifted = packages
      .filter(({ before, plan }) => driftStates.includes(plan.state) && before?.state !== plan.state)
      .map(({ target, plan }) => ({ filename: target.filename, state: plan.state }));
    const left = orphans
      .filter(({ before, record }) => record !== null && before.state !== 'orphan')
      .map(({ before }) => ({ filename: before.filename, state: 'orphan' as const }));
    const all = [...drifted, ...left];
    if (all.length > 0) await this.events.record('jamf.drift_found', { records: all.length, examples: all.slice(0, EXAMPLES) });
  }

  /** Asked before each write: an administrator may have said stop, or another server may come first now. */
  private async mayWrite({ url }: JamfConnection): Promise<boolean> {
    const now = await this.connections.find();
    return now !== null && now.url === url && (await this.leadership.mayWrite(now));
  }

  private settle(
    { url }: JamfConnection,
    { target, wanted, before, stored }: Pending,
    { plan, record, written }: WriteOutcome,
  ): Promise<void> {
    return this.db.transaction(async () => {
      const now = this.clock.now();
      const settled: Written | null = record === null ? null : { record, seeds: wanted.seeds, atMs: written === null ? null : now };
      // Decisions wait until this is written down.
      const isConnected = (await this.connections.hold())?.url === url;
      if (written !== null) await this.tellWritten(target.filename, plan, written);
      if (!isConnected) return; // forgotten meanwhile, with what is known of its records
      const present = await this.records.findByKey(target.filenameKey);
      const row = rowAfter(target, before, plan, settled, now);
      const decided = present === null || isUndecided(stored, present) ? {} : { wanted: present.wanted, pinned: present.pinned };
      await this.records.save({ ...row, ...decided });
    });
  }

  private async tellWritten(
    filename: string,
    { record }: RecordPlan,
    { kind, changes }: NonNullable<WriteOutcome['written']>,
  ): Promise<void> {
    const jamfId = record!.id;
    await this.audit.record({ action: 'jamf.record_written', subject: filename, details: { jamf_id: jamfId, kind, changes } });
    await this.events.record('jamf.record_written', { filename, jamf_id: jamfId, kind, fields: Object.keys(changes) });
  }
}
