import { createHash } from 'node:crypto';
import { type Space, spaceOf, spaces } from './space.js';
import { stages, type Stage } from './stage.js';

/** Parts of the digest of one space: names are spread over them evenly. */
export const SPACE_BUCKETS = 256;
/** Parts of a digest: those of the share, then those of the Munki repository. */
export const DIGEST_BUCKETS = SPACE_BUCKETS * spaces.length;
/** Bytes of a bucket: two that differ look the same once in 2^48 times. */
const BUCKET_BYTES = 6;
const SPACE_BYTES = SPACE_BUCKETS * BUCKET_BYTES;
const DIGEST_BYTES = DIGEST_BUCKETS * BUCKET_BYTES;

/** What a digest says about an entry, besides its name. */
export interface DigestedEntry {
  readonly id: number;
  readonly filenameKey: string;
  readonly uuid: string;
  readonly stampWallMs: number;
  readonly stampCounter: number;
  readonly stampIss: string;
  readonly deleted: boolean;
  readonly stage: Stage;
  readonly space: string;
  /** Stamps of the parts, as text (`stampText`). */
  readonly contentStamp: string;
  readonly stageStamp: string;
  readonly notesStamp: string;
  readonly deletionStamp: string | null;
}

const firstBucketOf = (space: Space): number => SPACE_BUCKETS * spaces.indexOf(space);

/** Which part of a digest a name belongs to. */
export const bucketOf = (filenameKey: string): number =>
  firstBucketOf(spaceOf(filenameKey)) + createHash('sha256').update(filenameKey).digest()[0]!;

/** The space whose names are in a part. */
export const spaceOfBucket = (bucket: number): Space => spaces[Math.floor(bucket / SPACE_BUCKETS)]!;

const hashOf = (fields: readonly unknown[]): Buffer => createHash('sha256').update(JSON.stringify(fields)).digest();

/** Of the entry as one record: what servers without registers compare. */
const recordHash = (entry: DigestedEntry): Buffer =>
  hashOf([
    entry.filenameKey,
    entry.stampWallMs,
    entry.stampCounter,
    entry.stampIss,
    entry.uuid,
    entry.deleted,
    stages.indexOf(entry.stage),
  ]);

/** Of the stamps of its parts: equal stamps are the same writes. */
const partsHash = ({ space, filenameKey, contentStamp, stageStamp, notesStamp, deletionStamp }: DigestedEntry): Buffer =>
  hashOf([space, filenameKey, contentStamp, stageStamp, notesStamp, deletionStamp]);

/** What is compared of one entry when a part differs: 12 hexadecimal digits, the share of the entry in its bucket of the parts' digest. */
export const entryHash = (entry: DigestedEntry): string => partsHash(entry).subarray(0, BUCKET_BYTES).toString('hex');

/** Rows are kept in pages of this many ids, a record of 14 bytes each: bucket within its space, flags, hash of the record, hash of the parts. */
const PAGE_ROWS = 1_024;
const RECORD_BYTES = 2 + 2 * BUCKET_BYTES;
const PRESENT = 0x80;
const DELETED = 0x40;
const STAGE_MASK = 0x03;
const SPACE_SHIFT = 2;
const SPACE_MASK = 0x03;

const bucketIn = (records: Buffer, start: number): number =>
  records[start]! + SPACE_BUCKETS * ((records[start + 1]! >> SPACE_SHIFT) & SPACE_MASK);

/** What a digest remembers of one row. */
export interface DigestedRow {
  readonly id: number;
  readonly bucket: number;
  readonly deleted: boolean;
  readonly stage: Stage;
}

/**
 * A short form of a whole catalog: two catalogs are the same where their buckets are. Entries are put in one by one; an entry
 * that changes takes its former hash out again, so that a change costs the same however many entries there are.
 */
export class CatalogDigest {
  /** One after the other: of the records, of the parts. */
  private readonly buckets = [Buffer.alloc(DIGEST_BYTES), Buffer.alloc(DIGEST_BYTES)] as const;
  private readonly pages = new Map<number, Buffer>();
  /** Entries that are not deleted, by space. */
  private readonly present = spaces.map(() => 0);

  /** Entries of the share that are not deleted. */
  get presentCount(): number {
    return this.present[0]!;
  }

  /** Files of the Munki repository that are not deleted. */
  get munkiCount(): number {
    return this.present[1]!;
  }

  /** Puts an entry in, in place of what the row with this id said before. */
  put(entry: DigestedEntry): void {
    const record = this.recordOf(entry.id);
    this.toggle(record); // a new record is all zeros: that changes nothing
    const bucket = bucketOf(entry.filenameKey);
    const space = Math.floor(bucket / SPACE_BUCKETS);
    this.present[space]! += Number(!entry.deleted) - Number((record[1]! & (PRESENT | DELETED)) === PRESENT);
    record[0] = bucket % SPACE_BUCKETS;
    record[1] = PRESENT | (entry.deleted ? DELETED : 0) | (space << SPACE_SHIFT) | stages.indexOf(entry.stage);
    recordHash(entry).copy(record, 2, 0, BUCKET_BYTES);
    partsHash(entry).copy(record, 2 + BUCKET_BYTES, 0, BUCKET_BYTES);
    this.toggle(record);
  }

  /** The digest of the share's records, as it travels: 2,048 characters of base64. */
  toText(): string {
    return this.buckets[0].toString('base64', 0, SPACE_BYTES);
  }

  /** The digest of the parts of the share's entries. */
  partsText(): string {
    return this.buckets[1].toString('base64', 0, SPACE_BYTES);
  }

  /** The digest of the parts of the entries of the Munki repository; empty when there has never been one. */
  munkiText(): string {
    const bytes = this.buckets[1].subarray(SPACE_BYTES);
    return bytes.every((byte) => byte === 0) ? '' : bytes.toString('base64');
  }

  /** Every row, in the order of the ids within each page. */
  *rows(): Generator<DigestedRow> {
    for (const [page, records] of this.pages) {
      for (let at = 0; at < PAGE_ROWS; at += 1) {
        const flags = records[at * RECORD_BYTES + 1]!;
        if ((flags & PRESENT) === 0) continue;
        yield {
          id: page * PAGE_ROWS + at,
          bucket: bucketIn(records, at * RECORD_BYTES),
          deleted: (flags & DELETED) !== 0,
          stage: stages[flags & STAGE_MASK]!,
        };
      }
    }
  }

  /** The rows whose names fall into one part. */
  idsIn(bucket: number): number[] {
    return [...this.rows()].filter((row) => row.bucket === bucket).map(({ id }) => id);
  }

  private recordOf(id: number): Buffer {
    const page = Math.floor(id / PAGE_ROWS);
    let records = this.pages.get(page);
    if (!records) {
      records = Buffer.alloc(PAGE_ROWS * RECORD_BYTES);
      this.pages.set(page, records);
    }
    const at = (id % PAGE_ROWS) * RECORD_BYTES;
    return records.subarray(at, at + RECORD_BYTES);
  }

  private toggle(record: Buffer): void {
    const start = bucketIn(record, 0) * BUCKET_BYTES;
    for (const [which, buckets] of this.buckets.entries()) {
      const hash = 2 + which * BUCKET_BYTES;
      for (let index = 0; index < BUCKET_BYTES; index += 1) buckets[start + index]! ^= record[hash + index]!;
    }
  }
}

export const isDigest = (text: unknown): text is string =>
  typeof text === 'string' && text.length === (SPACE_BYTES / 3) * 4 && /^[A-Za-z0-9+/]+$/.test(text);

const bytesOf = (text: string): Buffer => (text === '' ? Buffer.alloc(SPACE_BYTES) : Buffer.from(text, 'base64'));

/** For each part of one space, whether two catalogs agree there. An empty text is the digest of nothing. */
export function agreement(ours: string, theirs: string): boolean[] {
  const [a, b] = [bytesOf(ours), bytesOf(theirs)];
  const range = (index: number): [number, number] => [index * BUCKET_BYTES, (index + 1) * BUCKET_BYTES];
  return Array.from({ length: SPACE_BUCKETS }, (_, index) => a.subarray(...range(index)).equals(b.subarray(...range(index))));
}
