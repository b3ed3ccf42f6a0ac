import type { JamfHashType } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import type { PackageRecord, RecordFields } from '../client/package-record.js';
import { compareHash, type ContentHashes, hashFor, hashOf, type RecordHash } from '../digests/content-hashes.js';
import { hashChanges, type KeptRecord, merged, mergeSeeds } from './merge-record.js';
import { newRecord, type SeededField, type WantedRecord } from './wanted-record.js';

/** What this server remembers of the record of a package. */
export interface KnownRecord extends KeptRecord {
  readonly jamfId: string;
  /** An administrator said that the hash stays as it is in Jamf Pro. */
  readonly isHashPinned: boolean;
}

export interface PlanInput {
  readonly filename: string;
  readonly hashes: ContentHashes;
  /** Why its record is not written yet; null when it may be. */
  readonly waitsFor: string | null;
  readonly wanted: WantedRecord;
  /** Null: nothing was written or taken over so far. */
  readonly known: KnownRecord | null;
  /** The records in Jamf Pro with its file name. */
  readonly found: readonly PackageRecord[];
  readonly hashType: JamfHashType;
  readonly createMissing: boolean;
}

/** What would be written. */
export type PlannedWrite =
  | { readonly kind: 'create'; readonly fields: RecordFields & { readonly fileName: string } }
  | { readonly kind: 'update'; readonly fields: RecordFields; readonly changed: readonly string[] };

export interface RecordPlan {
  readonly state: JamfRecordState;
  /** A sentence; empty when there is nothing to say. */
  readonly reason: string;
  readonly record: PackageRecord | null;
  readonly write: PlannedWrite | null;
  /** Whether the record is from now on kept from here: what is in it counts as the state before. */
  readonly isTakenOver: boolean;
  readonly pinned: readonly SeededField[];
}

const rest = { write: null, isTakenOver: false, pinned: [] as readonly SeededField[] };

const shortHash = ({ type, value }: RecordHash): string => `${type} ${value.slice(0, 12)}…`;

/** Decides what is to be done about the record of one package. */
export function planRecord(input: PlanInput): RecordPlan {
  const [record, second] = input.found;
  if (record === undefined) return planMissing(input);
  if (second !== undefined) {
    const names = input.found.map(({ id, packageName }) => `"${packageName}" (${id})`);
    const reason = `Several records have this file name: ${names.slice(0, 5).join(', ')}. Delete or rename all but one in Jamf Pro.`;
    return { ...rest, state: 'conflict', reason, record: null };
  }
  return planFound(input, record);
}

function planMissing({ known, createMissing, hashes, hashType, waitsFor, wanted, filename }: PlanInput): RecordPlan {
  const say = (state: JamfRecordState, reason: string): RecordPlan => ({ ...rest, state, reason, record: null });
  if (known !== null) {
    const reason = `Record ${known.jamfId} was deleted in Jamf Pro, or names another file now. It is not made again until you say so.`;
    return say('missing_in_jamf', reason);
  }
  if (!createMissing) return say('to_create', 'There is no record, and the settings say that none is made.');
  const hash = hashFor(hashType, hashes);
  if (waitsFor !== null) return say('waiting_content', waitsFor);
  if (hash === null) return say('waiting_digest', `The ${hashType} of the content is being computed.`);
  const write = { kind: 'create', fields: newRecord(filename, wanted.seeds, hash) } as const;
  return { ...say('to_create', categoryNote(wanted)), write };
}

const categoryNote = ({ missingCategory }: WantedRecord): string =>
  missingCategory === null ? '' : `Jamf Pro has no category "${missingCategory}"; the record gets none.`;

function planFound(input: PlanInput, record: PackageRecord): RecordPlan {
  const { hashes, hashType, wanted } = input;
  const known = input.known?.jamfId === record.id ? input.known : null;
  // A record that was there before is taken over as it is: the rules do not change what is in it.
  const { changes: seeds, pinned } = known === null ? { changes: {}, pinned: [] } : mergeSeeds(record, wanted.seeds, known);
  const found = { ...rest, record, pinned };
  const hash = hashOf(record);
  const compared = compareHash(hash, hashes);
  if (compared === 'unknown')
    return { ...found, state: 'waiting_digest', reason: `The ${hash!.type} of the content is being computed, to compare it.` };
  if (compared === 'other' && isEdited(hash!, known))
    return { ...found, state: 'edited_hash', reason: editedReason(hash!, known), isTakenOver: false };
  const isHashDue = compared !== 'same';
  if (isHashDue && input.waitsFor !== null) return { ...found, state: 'waiting_content', reason: input.waitsFor };
  const own = hashFor(hashType, hashes);
  if (isHashDue && own === null) return { ...found, state: 'waiting_digest', reason: `The ${hashType} of the content is being computed.` };
  const changes = { ...seeds, ...(isHashDue ? hashChanges(record, own!, hashes) : {}) };
  const changed = Object.keys(changes);
  const isTakenOver = known === null;
  if (changed.length === 0) return { ...found, state: 'in_step', reason: '', isTakenOver };
  const write = { kind: 'update', fields: merged(record, changes), changed } as const;
  return { ...found, state: 'to_update', reason: `To be written: ${changed.join(', ')}.`, write, isTakenOver };
}

/** Whether the hash was set in Jamf Pro: it is not the one that was there when the record was last written from here. */
function isEdited(hash: RecordHash, known: KnownRecord | null): boolean {
  if (known === null || known.isHashPinned) return true;
  const before = hashOf(known.base as PackageRecord);
  return before === null || before.type !== hash.type || before.value !== hash.value;
}

function editedReason(hash: RecordHash, known: KnownRecord | null): string {
  if (known?.isHashPinned === true)
    return `Kept as it is in Jamf Pro (${shortHash(hash)}), as decided. Computers that check it will refuse the content that is here.`;
  const who = known === null ? 'The record was there before, with' : 'The record was given';
  return `${who} another hash than the content here (${shortHash(hash)}). Nothing is written until you decide which one counts.`;
}
