import type { PackageRow } from './package.repository.js';
import { filenameKey } from './filename.js';

let made = 0;
const hex = (number: number, length: number): string => number.toString(16).padStart(length, '0');

/** A catalog row that is valid, with what the test is about. Each has another name, uuid and seq. */
export function aPackage(changes: Partial<PackageRow> = {}): PackageRow {
  const number = ++made;
  const filename = changes.filename ?? `package-${String(number).padStart(6, '0')}.pkg`;
  return {
    filename,
    filenameKey: filenameKey(filename),
    space: '',
    contentStamp: '',
    stageStamp: '',
    notesStamp: '',
    deletionStamp: null,
    writes: null,
    uuid: hex(number, 32),
    stampWallMs: 1_600_000_000_000 + number,
    stampCounter: 0,
    stampIss: 'a'.repeat(32),
    deleted: false,
    size: 1_000 + number,
    sha1: hex(number, 40),
    sha256: hex(number, 64),
    manifestSha256: hex(number, 64),
    stage: 'Prod',
    notes: null,
    createdMs: 1_600_000_000_000 + number,
    lastModifiedMs: 1_600_000_000_000 + number,
    originIss: 'a'.repeat(32),
    seq: number,
    status: 'Public',
    servedUuid: changes.uuid ?? hex(number, 32),
    updatedMs: 1_600_000_000_000 + number,
    ...changes,
  };
}
