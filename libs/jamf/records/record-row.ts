import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { PackageRecord, RecordFields } from '../client/package-record.js';
import { hashOf } from '../digests/content-hashes.js';
import type { JamfRecordRow } from './jamf-record.repository.js';
import type { MappedPackage } from './mapped-packages.js';
import type { KnownRecord, RecordPlan } from './plan-record.js';
import { seededFields, type SeededField, type Seeds } from './wanted-record.js';

const REASON_LENGTH = 500;
/** Stands in the list of pinned fields for the hash. */
export const PINNED_HASH = 'hashValue';

export const pinnedOf = ({ pinned }: Pick<JamfRecord, 'pinned'>): string[] => JSON.parse(pinned) as string[];
const isSeeded = (field: string): field is SeededField => (seededFields as readonly string[]).includes(field);

/** What a row remembers of the record that was written or taken over; null when there is none yet. */
export function knownOf(row: JamfRecord | null): KnownRecord | null {
  if (row?.jamfId == null || row.base === null) return null;
  const pinned = pinnedOf(row);
  return {
    jamfId: row.jamfId,
    base: JSON.parse(row.base) as RecordFields,
    wanted: JSON.parse(row.wanted ?? 'null') as Partial<Seeds> | null,
    pinned: pinned.filter(isSeeded),
    isHashPinned: pinned.includes(PINNED_HASH),
  };
}

/** Whether nothing was decided about a record between two looks at its row. */
export const isUndecided = (before: JamfRecordRow | null, now: JamfRecordRow | null): boolean =>
  (['jamfId', 'base', 'wanted', 'pinned'] as const).every((field) => (before?.[field] ?? null) === (now?.[field] ?? null));

/** A record as it was written from here, or taken over. */
export interface Written {
  readonly record: PackageRecord;
  readonly seeds: Seeds;
  /** Null: nothing was written. */
  readonly atMs: number | null;
}

/** What Jamf Pro sends may be longer than it should be, and hold what no database takes. */
const clipped = <T extends string | null>(text: T, length: number): T => (text === null ? text : (shownText(text).slice(0, length) as T));

const baseFields = ['fileName', 'hashType', 'hashValue', 'md5', ...seededFields] as const;
/** MySQL's TEXT ends at 64 KiB. */
const MOST_BASE = 60_000;

/** The fields that later comparisons need. One that is too long is left out, and counts as edited in Jamf Pro. */
export function baseOf(record: PackageRecord): string {
  const pick = (fields: readonly string[]) => JSON.stringify(Object.fromEntries(fields.map((field) => [field, record[field] ?? null])));
  const all = pick(baseFields);
  return Buffer.byteLength(all) <= MOST_BASE ? all : pick(baseFields.filter((field) => String(record[field]).length <= 1_000));
}

/** The row after a comparison; `written` when the record counts as right from now on. */
export function rowAfter(
  { filename, filenameKey, uuid }: Pick<MappedPackage, 'filename' | 'filenameKey' | 'uuid'>,
  before: JamfRecord | null,
  plan: Pick<RecordPlan, 'state' | 'reason' | 'record' | 'pinned' | 'isTakenOver'>,
  written: Written | null,
  nowMs: number,
): JamfRecordRow {
  const record = written?.record ?? plan.record;
  const hash = record === null ? null : hashOf(record);
  const known = knownOf(before);
  const isAnother = known !== null && record !== null && record.id !== known.jamfId;
  const kept = isAnother ? null : before;
  return {
    ...{ filename, filenameKey, state: plan.state, reason: clipped(plan.reason, REASON_LENGTH), checkedMs: nowMs },
    // A record that is not found keeps its number: that shows that it was there.
    jamfId: record?.id ?? before?.jamfId ?? null,
    packageName: clipped(record?.packageName ?? null, 255),
    uuid: plan.state === 'in_step' || written !== null ? uuid : (kept?.uuid ?? null),
    ...{ hashType: clipped(hash?.type ?? null, 20), hashValue: clipped(hash?.value ?? null, 128) },
    base: written === null ? (kept?.base ?? null) : baseOf(written.record),
    wanted: written === null ? (kept?.wanted ?? null) : JSON.stringify(written.seeds),
    pinned: JSON.stringify([...plan.pinned, ...(kept !== null && pinnedOf(kept).includes(PINNED_HASH) ? [PINNED_HASH] : [])]),
    adopted: (written !== null && plan.isTakenOver) || (kept?.adopted ?? false),
    writtenMs: written?.atMs ?? kept?.writtenMs ?? null,
  };
}
