import { gunzipSync, inflateSync } from 'node:zlib';

/** The file is not what its kind requires: cut off, contradictory, or pointing outside itself. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}

/** The file may be right, and reading it would take more than an inspection may use. */
export class OverLimit extends Error {
  override readonly name = 'OverLimit';
}

/** Random access to bytes. `read` answers exactly `length` bytes of what lies inside. */
export interface RandomAccess {
  readonly size: number;
  read(at: number, length: number): Buffer;
}

const MIB = 1 << 20;
const MOST_AT_ONCE = 16 * MIB;
const MOST_INFLATED = 128 * MIB;
const MOST_RATIO = 200;

/** How many bytes so many packed ones may become: a ratio above 200 is a bomb once it is over 1 MiB. */
export const mostUnpacked = (packed: number, most: number): number => Math.min(most, Math.max(MIB, packed * MOST_RATIO));

const inflaters = { zlib: inflateSync, gzip: gunzipSync } as const;

/** A file under inspection, with the limits of one inspection. Throws Damaged and OverLimit. */
export class Source {
  constructor(
    private readonly file: RandomAccess,
    private readonly inflated = { bytes: 0 },
  ) {}

  /** A file inside of this one, which is unpacked within the same limit. */
  nested(bytes: Buffer): Source {
    return new Source({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }, this.inflated);
  }

  get size(): number {
    return this.file.size;
  }

  read(at: number, length: number): Buffer {
    const isWithin = Number.isSafeInteger(at) && Number.isSafeInteger(length) && at >= 0 && length >= 0 && at + length <= this.size;
    if (!isWithin) throw new Damaged('It points outside the file.');
    if (length > MOST_AT_ONCE) throw new OverLimit('One part of it is larger than 16 MiB.');
    return this.file.read(at, length);
  }

  /** Unpacks to at most `most` bytes. */
  inflate(packed: Buffer, kind: keyof typeof inflaters, most: number): Buffer {
    try {
      const bytes = inflaters[kind](packed, { maxOutputLength: mostUnpacked(packed.length, most) });
      this.spend(bytes.length);
      return bytes;
    } catch (error) {
      if (error instanceof OverLimit) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new OverLimit('A compressed part of it unpacks to too much.');
      throw new Damaged(`A compressed part of it cannot be unpacked: ${(error as Error).message}.`);
    }
  }

  /** Counts unpacked bytes of this inspection. */
  spend(bytes: number): void {
    this.inflated.bytes += bytes;
    if (this.inflated.bytes > MOST_INFLATED) throw new OverLimit('It unpacks to more than 128 MiB.');
  }
}
