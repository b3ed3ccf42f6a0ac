import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
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

/** A record as it was written from here, or taken over. */
export interface Written {
  readonly record: PackageRecord;
  readonly seeds: Seeds;
  /** Null: nothing was written. */
  readonly atMs: number | null;
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
    ...{ filename, filenameKey, state: plan.state, reason: plan.reason.slice(0, REASON_LENGTH), checkedMs: nowMs },
    // A record that is not found keeps its number: that shows that it was there.
    jamfId: record?.id ?? before?.jamfId ?? null,
    packageName: record?.packageName ?? null,
    uuid: plan.state === 'in_step' || written !== null ? uuid : (kept?.uuid ?? null),
    ...{ hashType: hash?.type ?? null, hashValue: hash?.value ?? null },
    base: written === null ? (kept?.base ?? null) : JSON.stringify(written.record),
    wanted: written === null ? (kept?.wanted ?? null) : JSON.stringify(written.seeds),
    pinned: JSON.stringify([...plan.pinned, ...(kept !== null && pinnedOf(kept).includes(PINNED_HASH) ? [PINNED_HASH] : [])]),
    adopted: (written !== null && plan.isTakenOver) || (kept?.adopted ?? false),
    writtenMs: written?.atMs ?? kept?.writtenMs ?? null,
  };
}
