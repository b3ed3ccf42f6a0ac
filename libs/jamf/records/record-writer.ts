import { Injectable } from '@nestjs/common';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault, type JamfFaultKind } from '../client/jamf-fault.js';
import { type PackageRecord, type RecordFields, writableFields } from '../client/package-record.js';
import { PackageRecords } from '../client/package-records.js';
import { type ComparedPackage, type ComparisonSettings, JamfComparison } from './jamf-comparison.js';
import { differing } from './merge-record.js';
import type { RecordPlan } from './plan-record.js';

/** What became of one package. */
export interface WriteOutcome {
  readonly plan: RecordPlan;
  /** The record as it counts from now on; null when nothing was settled. */
  readonly record: PackageRecord | null;
  /** What was written; null for nothing. */
  readonly written: { readonly kind: 'create' | 'update'; readonly changes: Readonly<Record<string, readonly [unknown, unknown]>> } | null;
}

/** Faults of one record; every other one is of the connection, and ends the run. */
const ofOneRecord: readonly JamfFaultKind[] = ['rejected', 'not_found'];

/** Writes package records: GET, three-way merge, PUT of the whole object, GET and compare. */
@Injectable()
export class RecordWriter {
  constructor(private readonly comparison: JamfComparison) {}

  /** Throws JamfFault when the connection fails, not when one record does. */
  async write(compared: ComparedPackage, client: JamfClient, settings: ComparisonSettings): Promise<WriteOutcome> {
    try {
      const { write, record } = compared.plan;
      if (write?.kind === 'create') return await this.create(compared, client, settings);
      return await this.update(compared, record!.id, client, settings);
    } catch (error) {
      if (!(error instanceof JamfFault) || !ofOneRecord.includes(error.kind)) throw error;
      return { plan: { ...compared.plan, state: 'failed', reason: error.message, write: null }, record: null, written: null };
    }
  }

  private async create(compared: ComparedPackage, client: JamfClient, settings: ComparisonSettings): Promise<WriteOutcome> {
    const { plan } = compared;
    const { fields } = plan.write as Extract<RecordPlan['write'], { kind: 'create' }>;
    const record = await new PackageRecords(client).create(fields);
    // One of that name was made meanwhile: it is compared like any other.
    if (differing(fields, record).length > 0) return this.update(compared, record.id, client, settings);
    const changes = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, [null, value] as const]));
    return { plan: { ...plan, state: 'in_step', record, write: null }, record, written: { kind: 'create', changes } };
  }

  private async update(compared: ComparedPackage, id: string, client: JamfClient, settings: ComparisonSettings): Promise<WriteOutcome> {
    const records = new PackageRecords(client);
    const before = await records.get(id);
    const plan = this.comparison.again(compared, before, settings);
    if (plan.write?.kind !== 'update') return { plan, record: plan.state === 'in_step' ? before : null, written: null };
    const { fields, changed } = plan.write;
    await records.replace(id, fields);
    const after = await records.get(id);
    const wrong = differing(fields, after);
    if (wrong.length > 0) return this.undo(records, before, plan, wrong);
    const changes = Object.fromEntries(changed.map((field) => [field, [before[field] ?? null, fields[field]] as const]));
    return {
      plan: { ...plan, state: 'in_step', reason: '', record: after, write: null },
      record: after,
      written: { kind: 'update', changes },
    };
  }

  private async undo(records: PackageRecords, before: PackageRecord, plan: RecordPlan, wrong: readonly string[]): Promise<WriteOutcome> {
    const former: RecordFields = writableFields(before);
    await records.replace(before.id, former);
    const reason = `Jamf Pro kept other values than were sent in ${wrong.slice(0, 5).join(', ')}. The record was put back as it was.`;
    return { plan: { ...plan, state: 'failed', reason, record: before, write: null }, record: null, written: null };
  }
}
