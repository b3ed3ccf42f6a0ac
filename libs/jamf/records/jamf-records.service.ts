import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
import { filenameKey } from '#libs/packages/filename.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfClients } from '../client/jamf-clients.js';
import { JamfFault } from '../client/jamf-fault.js';
import type { PackageRecord } from '../client/package-record.js';
import { PackageRecords } from '../client/package-records.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { JamfNotSetUp, JamfRecordNotResolvable, JamfRecordUnknown, orCallFailed } from '../jamf.errors.js';
import { COMPARE_KEY, CompareWithJamf } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfRecordRepository, type RecordFilter } from './jamf-record.repository.js';
import { diffOf, type FieldDiff } from './record-diff.js';
import { baseOf, PINNED_HASH, pinnedOf } from './record-row.js';

/** Whose side counts where a record was changed in Jamf Pro. */
export const resolutions = ['ods', 'jamf'] as const;
export type Resolution = (typeof resolutions)[number];

export interface RecordQuery extends Pick<RecordFilter, 'state'> {
  readonly filename?: string;
  /** Part of a file name. */
  readonly q?: string;
}

export interface RecordDetail {
  readonly row: JamfRecord;
  /** Null when Jamf Pro could not be asked. */
  readonly diff: readonly FieldDiff[] | null;
  readonly fault: string | null;
}

const COMPARED_AGAIN = 'Being compared again.';

/** Package records as they were last compared, and what administrators decide about them. */
@Injectable()
export class JamfRecordsService {
  constructor(
    private readonly records: JamfRecordRepository,
    private readonly connections: JamfConnectionRepository,
    private readonly connection: JamfConnectionService,
    private readonly clients: JamfClients,
    private readonly leadership: JamfLeadership,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  list({ state, filename, q }: RecordQuery, afterId: number, limit: number) {
    const filter: RecordFilter = {
      ...(state === undefined ? {} : { state }),
      ...(filename === undefined ? {} : { filenameKey: filenameKey(filename) }),
      ...(q === undefined ? {} : { contains: filenameKey(q) }),
    };
    return this.records.list(filter, afterId, limit);
  }

  /** With the record as it is in Jamf Pro now. Throws JamfRecordUnknown. */
  async get(id: number): Promise<RecordDetail> {
    const row = await this.require(id);
    if (row.jamfId === null) return { row, diff: null, fault: null };
    try {
      return { row, diff: diffOf(row, await this.live(row.jamfId)), fault: null };
    } catch (error) {
      if (error instanceof JamfFault) return { row, diff: null, fault: error.message };
      throw error;
    }
  }

  /**
   * Decides whose side counts: a hash that was set in Jamf Pro, or a record that was deleted there. Throws JamfRecordUnknown, JamfRecordNotResolvable,
   * JamfLedElsewhere or JamfCallFailed.
   */
  async resolve(id: number, use: Resolution): Promise<JamfRecord> {
    const row = await this.requireDecidable(id);
    const change = await this.changeFor(row, use);
    return this.decide(row, change, 'jamf.record_resolved', { use });
  }

  /** Fields that an administrator changed in Jamf Pro follow the rules again. Throws like `resolve`. */
  async release(id: number, fields: readonly string[]): Promise<JamfRecord> {
    const row = await this.requireDecidable(id);
    const pinned = pinnedOf(row);
    const unknown = fields.find((field) => !pinned.includes(field));
    if (unknown !== undefined) throw new JamfRecordNotResolvable(`The field ${unknown} of this record is not kept as edited in Jamf Pro.`);
    const record = await orCallFailed(this.live(row.jamfId!));
    const base = {
      ...(JSON.parse(row.base ?? '{}') as object),
      ...pick(record, fields),
      ...(fields.includes(PINNED_HASH) ? hashIn(record) : {}),
    };
    const wanted = Object.fromEntries(
      Object.entries(JSON.parse(row.wanted ?? '{}') as object).filter(([field]) => !fields.includes(field)),
    );
    const left = pinned.filter((field) => !fields.includes(field));
    const change = { base: JSON.stringify(base), wanted: JSON.stringify(wanted), pinned: JSON.stringify(left) };
    return this.decide(row, change, 'jamf.record_released', { fields });
  }

  private async changeFor(row: JamfRecord, use: Resolution): Promise<Partial<JamfRecord>> {
    if (row.state === 'edited_hash') {
      const record = await orCallFailed(this.live(row.jamfId!));
      const pinned = pinnedOf(row).filter((field) => field !== PINNED_HASH);
      // What is in the record counts as seen: 'ods' then writes over its hash, and leaves the other fields.
      const base = JSON.stringify({ ...(JSON.parse(row.base ?? baseOf(record)) as object), ...hashIn(record) });
      return {
        base,
        adopted: row.adopted || row.base === null,
        pinned: JSON.stringify(use === 'jamf' ? [...pinned, PINNED_HASH] : pinned),
      };
    }
    if (row.state === 'missing_in_jamf' && use === 'ods') return { jamfId: null, base: null, wanted: null, pinned: '[]', adopted: false };
    if (row.state === 'failed' && use === 'ods') return {};
    throw new JamfRecordNotResolvable(
      `A record in the state ${row.state} takes no decision for "${use}". Decisions are for edited_hash (ods, jamf), missing_in_jamf (ods) and failed (ods).`,
    );
  }

  private decide(row: JamfRecord, change: Partial<JamfRecord>, action: string, details: object): Promise<JamfRecord> {
    return this.db.transaction(async () => {
      await this.connections.hold(); // a comparison that is being written down waits, or sees the decision
      await this.records.update(row.id, { ...change, reason: COMPARED_AGAIN });
      await this.audit.record({ action, subject: row.filename, details: { jamf_id: row.jamfId, state: row.state, ...details } });
      await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
      return this.require(row.id);
    });
  }

  /** A decision has no effect where records are not written. */
  private async requireDecidable(id: number): Promise<JamfRecord> {
    const row = await this.require(id);
    const saved = await this.connection.find();
    if (saved !== null) await this.leadership.requireNoOther(saved);
    return row;
  }

  private async require(id: number): Promise<JamfRecord> {
    const row = await this.records.find(id);
    if (row === null) throw new JamfRecordUnknown();
    return row;
  }

  /** Throws JamfNotSetUp or JamfFault. */
  private async live(jamfId: string): Promise<PackageRecord> {
    const saved = await this.connection.find();
    if (saved === null) throw new JamfNotSetUp();
    return new PackageRecords(this.clients.prompt(this.connection.credentialsOf(saved))).get(jamfId);
  }
}

const pick = (record: PackageRecord, fields: readonly string[]): object =>
  Object.fromEntries(fields.map((field) => [field, record[field] ?? null]));

const hashIn = (record: PackageRecord): object => pick(record, ['hashType', 'hashValue', 'md5']);
