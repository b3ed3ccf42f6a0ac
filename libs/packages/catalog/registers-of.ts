import type { Package } from '#libs/entities/package.entity.js';
import { legacyRegisters } from '#libs/replication/legacy-entry.js';
import { flatten, mergeRegisters, type Registers, sameRegisters, updateOf, writesOf } from '#libs/replication/register.js';
import type { Entry } from '#libs/replication/entry.js';
import { stampText } from '#libs/replication/stamp.js';
import { writeFromWire, writeToWire } from '#libs/replication/wire-write.js';

/** The columns of a row that say what is in force. */
export type RegisterColumns = Pick<
  Package,
  | 'filename'
  | 'space'
  | 'uuid'
  | 'stampWallMs'
  | 'stampCounter'
  | 'stampIss'
  | 'deleted'
  | 'size'
  | 'sha1'
  | 'sha256'
  | 'manifestSha256'
  | 'stage'
  | 'notes'
  | 'createdMs'
  | 'originIss'
  | 'contentStamp'
  | 'stageStamp'
  | 'notesStamp'
  | 'deletionStamp'
  | 'writes'
>;

const recordOf = (row: Package): Entry => ({
  filename: row.filename,
  uuid: row.uuid,
  stamp: { wallMs: row.stampWallMs, counter: row.stampCounter, iss: row.stampIss },
  deleted: row.deleted,
  size: row.size,
  sha1: row.sha1,
  sha256: row.sha256,
  manifestSha256: row.manifestSha256,
  stage: row.stage,
  notes: row.notes,
  createdMs: row.createdMs,
  originIss: row.originIss,
  root: null,
});

/** The writes that are in force under a name. */
export function registersOf(row: Package): Registers {
  if (row.writes === null) return legacyRegisters(recordOf(row));
  const registers = mergeRegisters(null, updateOf((JSON.parse(row.writes) as unknown[]).map(writeFromWire)));
  if (!registers) throw new Error(`The entry of ${row.filename} in the database has no content, stage or notes.`);
  return registers;
}

/** What is in force under a name, as one record. */
export const entryOf = (row: Package): Entry => (row.writes === null ? recordOf(row) : flatten(registersOf(row)));

/** Whether the parts are just what an entry that was written as one record says. */
function isOneRecord(registers: Registers, entry: Entry): boolean {
  return writesOf(registers).every(({ sig }) => sig === null) && sameRegisters(registers, legacyRegisters(entry));
}

export function columnsOf(registers: Registers): RegisterColumns {
  const flat = flatten(registers);
  const { stamp, root: _, ...entry } = flat;
  const { content, stage, notes, deletion } = registers;
  return {
    ...entry,
    space: content.space,
    stampWallMs: stamp.wallMs,
    stampCounter: stamp.counter,
    stampIss: stamp.iss,
    contentStamp: stampText(content.stamp),
    stageStamp: stampText(stage.stamp),
    notesStamp: stampText(notes.stamp),
    deletionStamp: deletion && stampText(deletion.stamp),
    writes: isOneRecord(registers, flat) ? null : JSON.stringify(writesOf(registers).map(writeToWire)),
  };
}
