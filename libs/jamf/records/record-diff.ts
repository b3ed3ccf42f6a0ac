import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
import type { PackageRecord, RecordFields } from '../client/package-record.js';
import { knownOf, pinnedOf } from './record-row.js';
import { seededFields, type Seeds } from './wanted-record.js';

/** What this server does with a field. same: nothing to do. kept: an administrator changed it in Jamf Pro. follows: it is written from here. */
export const fieldDecisions = ['same', 'kept', 'follows'] as const;
export type FieldDecision = (typeof fieldDecisions)[number];

export interface FieldDiff {
  readonly field: string;
  /** Texts, as JSON; null when there is none. */
  readonly inJamf: string | null;
  readonly lastWritten: string | null;
  readonly decision: FieldDecision;
}

const shown = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
};
const compared = ['fileName', 'hashType', 'hashValue', ...seededFields] as const;

/** The fields that concern this server, as Jamf Pro has them now and as they were last written. */
export function diffOf(row: JamfRecord, record: PackageRecord): FieldDiff[] {
  const base: RecordFields = knownOf(row)?.base ?? {};
  const wanted = JSON.parse(row.wanted ?? '{}') as Partial<Seeds>;
  const pinned = pinnedOf(row);
  return compared.map((field) => {
    const [inJamf, lastWritten] = [shown(record[field]), shown(base[field] ?? wanted[field as keyof Seeds])];
    const decision: FieldDecision = pinned.includes(field) ? 'kept' : (inJamf ?? '') === (lastWritten ?? '') ? 'same' : 'follows';
    return { field, inJamf, lastWritten, decision };
  });
}
