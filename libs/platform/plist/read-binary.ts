import {
  dateOf,
  integerOf,
  invalid,
  MOST_DEPTH,
  overLimit,
  type PlistDict,
  type PlistLimits,
  type PlistValue,
  Real,
} from './plist-value.js';

/** Seconds from 1970 to 2001, from when binary lists count. */
const EPOCH_MS = 978_307_200_000;
const TRAILER = 32;
const HEADER = 8;

/** A binary property list (CFBinaryPList.c): objects, a table of their offsets, a trailer of 32 bytes. */
export function readBinary(bytes: Buffer, limits: PlistLimits): PlistValue {
  if (bytes.length < HEADER + TRAILER) throw invalid('The binary property list is cut off.');
  return new Reader(bytes, limits).read();
}

interface Head {
  readonly type: number;
  readonly low: number;
  readonly at: number;
}

class Reader {
  private readonly offsetBytes: number;
  private readonly refBytes: number;
  private readonly objects: number;
  private readonly root: number;
  private readonly table: number;
  /** Containers that are being read: a reference to one of them is a cycle. */
  private readonly open = new Set<number>();
  private values = 0;
  private expanded = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly limits: PlistLimits,
  ) {
    const trailer = bytes.subarray(-TRAILER);
    this.offsetBytes = trailer.readUInt8(6);
    this.refBytes = trailer.readUInt8(7);
    [this.objects, this.root, this.table] = [8, 16, 24].map((at) => Number(trailer.readBigUInt64BE(at))) as [number, number, number];
    if (!isWidth(this.offsetBytes) || !isWidth(this.refBytes)) throw invalid('The binary property list has numbers of an unknown size.');
    if (this.table < HEADER || this.table + this.objects * this.offsetBytes > bytes.length - TRAILER) throw outside();
  }

  read(): PlistValue {
    return this.object(this.root);
  }

  private object(ref: number): PlistValue {
    const head = this.headOf(ref);
    // What many places share is counted, and built, at each of them: small files cannot expand without end.
    if (++this.values > this.limits.values) throw overLimit(`The property list has more than ${this.limits.values} values.`);
    if (head.type === 0xa || head.type === 0xd) return this.container(ref, head);
    return this.scalar(head);
  }

  private headOf(ref: number): Head {
    if (ref >= this.objects) throw outside();
    const at = this.uint(this.table + ref * this.offsetBytes, this.offsetBytes);
    if (at < HEADER || at >= this.table) throw outside();
    const marker = this.bytes.readUInt8(at);
    return { type: marker >> 4, low: marker & 0xf, at: at + 1 };
  }

  private scalar({ type, low, at }: Head): PlistValue {
    if (type === 0 && (low === 8 || low === 9)) return low === 9;
    if (type === 1 && low <= 4) return this.integer(this.part(at, 1 << low));
    if (type === 2 && low === 2) return new Real(this.part(at, 4).readFloatBE());
    if (type === 2 && low === 3) return new Real(this.part(at, 8).readDoubleBE());
    if (type === 3 && low === 3) return dateOf(Math.round(EPOCH_MS + this.part(at, 8).readDoubleBE() * 1_000));
    if (type === 4) return Buffer.from(this.counted(low, at, 1));
    if (type === 5) return ascii(this.counted(low, at, 1));
    if (type === 6) return utf16(this.counted(low, at, 2));
    throw invalid('The binary property list has a value of an unknown type.');
  }

  private integer(part: Buffer): number | bigint {
    // Up to four bytes are without a sign, eight and sixteen have one.
    const digits = BigInt(`0x${part.toString('hex')}`);
    return integerOf(part.length < 8 ? digits : BigInt.asIntN(part.length * 8, digits));
  }

  private container(ref: number, { type, low, at }: Head): PlistValue {
    if (this.open.has(ref)) throw invalid('The binary property list contains itself.');
    if (this.open.size === MOST_DEPTH) throw overLimit(`The property list is nested more than ${MOST_DEPTH} levels deep.`);
    const refs = this.counted(low, at, this.refBytes * (type === 0xd ? 2 : 1));
    const count = refs.length / this.refBytes;
    const refAt = (index: number): number => uintOf(refs, index * this.refBytes, this.refBytes);
    this.open.add(ref);
    const value = type === 0xd ? this.dict(count / 2, refAt) : this.array(count, refAt);
    this.open.delete(ref);
    return value;
  }

  private array(count: number, refAt: (index: number) => number): PlistValue[] {
    const list: PlistValue[] = [];
    for (let index = 0; index < count; index++) list.push(this.object(refAt(index)));
    return list;
  }

  private dict(count: number, refAt: (index: number) => number): PlistDict {
    const dict: PlistDict = new Map();
    for (let index = 0; index < count; index++) {
      const key = this.object(refAt(index));
      if (typeof key !== 'string') throw invalid('A key in the binary property list is not a text.');
      dict.set(key, this.object(refAt(count + index)));
    }
    return dict;
  }

  /** The bytes of a value that names how many units it has. */
  private counted(low: number, at: number, unit: number): Buffer {
    if (low !== 0xf) return this.spent(this.part(at, low * unit));
    const width = 1 << (this.part(at, 1).readUInt8() & 0x3);
    return this.spent(this.part(at + 1 + width, this.uint(at + 1, width) * unit));
  }

  private spent(part: Buffer): Buffer {
    this.expanded += part.length;
    if (this.expanded > this.limits.bytes) throw overLimit(`The property list expands to more than ${this.limits.bytes} bytes.`);
    return part;
  }

  private part(at: number, length: number): Buffer {
    if (at + length > this.bytes.length - TRAILER) throw outside();
    return this.bytes.subarray(at, at + length);
  }

  private uint(at: number, width: number): number {
    return uintOf(this.part(at, width), 0, width);
  }
}

const isWidth = (width: number): boolean => width >= 1 && width <= 8;
const outside = (): Error => invalid('The binary property list points outside itself.');

/** Beyond 2^53 the result is not exact, and outside of every file. */
const uintOf = (bytes: Buffer, at: number, width: number): number =>
  width <= 6 ? bytes.readUIntBE(at, width) : Number(BigInt(`0x${bytes.toString('hex', at, at + width)}`));

function ascii(part: Buffer): string {
  if (part.some((byte) => byte > 0x7f)) throw invalid('A text in the binary property list is not ASCII as it says.');
  return part.toString('latin1');
}

function utf16(part: Buffer): string {
  const text = Buffer.from(part).swap16().toString('utf16le');
  if (/\p{Surrogate}/u.test(text)) throw invalid('A text in the binary property list is not UTF-16.');
  return text;
}
