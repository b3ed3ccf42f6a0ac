import { Damaged, OverLimit, type Source } from './source.js';

const HEADER = 512;
const ENTRY = 128;
const END = 0xfffffffe;
const NO_ENTRY = 0xffffffff;
const MOST_FAT_SECTORS = 32_768;
const MOST_ENTRIES = 65_536;

interface Stream {
  readonly start: number;
  readonly size: number;
}

/** Streams of the root storage of a compound file ([MS-CFB]), read by seeking: only the sectors that are asked for. */
export class CompoundFile {
  private readonly streams = new Map<string, Stream>();
  private readonly fatSectors: number[] = [];
  private readonly cache = new Map<number, Buffer>();
  private readonly sectorSize: number;
  private readonly miniCutoff: number;
  private readonly miniFat: Buffer;
  private readonly miniSectors: readonly number[];

  constructor(private readonly source: Source) {
    const head = source.read(0, HEADER);
    const shift = head.readUInt16LE(30);
    if (head.readBigUInt64BE(0) !== 0xd0cf11e0a1b11ae1n || (shift !== 9 && shift !== 12)) throw new Damaged('Its header is damaged.');
    this.sectorSize = 1 << shift;
    this.miniCutoff = head.readUInt32LE(56);
    if (this.miniCutoff > 65_536) throw new Damaged('Its header is damaged.');
    this.findFat(head);
    const directory = this.chain(head.readUInt32LE(48), (MOST_ENTRIES * ENTRY) / this.sectorSize);
    const entries = Buffer.concat(directory.map((sector) => this.sector(sector)));
    this.miniFat = Buffer.concat(this.chain(head.readUInt32LE(60), 4_096).map((sector) => this.sector(sector)));
    this.miniSectors = this.chain(entries.readUInt32LE(116), MOST_FAT_SECTORS);
    this.walk(entries);
  }

  has(name: string): boolean {
    return this.streams.has(name);
  }

  names(): string[] {
    return [...this.streams.keys()];
  }

  /** Null when there is no such stream. Throws OverLimit when it is larger than `most` bytes. */
  stream(name: string, most: number): Buffer | null {
    const stream = this.streams.get(name);
    if (!stream) return null;
    if (stream.size > most) throw new OverLimit('One of its tables is too large.');
    const bytes = stream.size < this.miniCutoff ? this.mini(stream) : this.large(stream);
    if (bytes.length < stream.size) throw new Damaged('One of its tables is cut off.');
    return bytes.subarray(0, stream.size);
  }

  private large({ start, size }: Stream): Buffer {
    return Buffer.concat(this.chain(start, Math.ceil(size / this.sectorSize)).map((sector) => this.sector(sector)));
  }

  private mini({ start, size }: Stream): Buffer {
    const parts: Buffer[] = [];
    const perSector = this.sectorSize / 64;
    for (let sector = start; sector < END && parts.length < Math.ceil(size / 64); sector = this.miniFat.readUInt32LE(sector * 4)) {
      const at = this.miniSectors[Math.floor(sector / perSector)];
      if (at === undefined || sector * 4 + 4 > this.miniFat.length) throw new Damaged('It points outside the file.');
      parts.push(this.sector(at).subarray((sector % perSector) * 64, (sector % perSector) * 64 + 64));
    }
    return Buffer.concat(parts);
  }

  private findFat(head: Buffer): void {
    for (let at = 76; at < HEADER; at += 4) this.addFat(head.readUInt32LE(at));
    const seen = new Set<number>();
    for (let next = head.readUInt32LE(68); next < END;) {
      if (seen.has(next)) throw new Damaged('Its sectors form a circle.');
      seen.add(next);
      if (seen.size > MOST_FAT_SECTORS) throw new OverLimit('It has too many sectors.');
      const list = this.sector(next);
      for (let at = 0; at < this.sectorSize - 4; at += 4) this.addFat(list.readUInt32LE(at));
      next = list.readUInt32LE(this.sectorSize - 4);
    }
  }

  private addFat(sector: number): void {
    if (sector >= END) return;
    this.fatSectors.push(sector);
    if (this.fatSectors.length > MOST_FAT_SECTORS) throw new OverLimit('It has too many sectors.');
  }

  /** The sectors from `start` on; at most `most`. */
  private chain(start: number, most: number): number[] {
    const sectors: number[] = [];
    const seen = new Set<number>();
    for (let sector = start; sector < END && sectors.length < most; sector = this.next(sector)) {
      if (seen.has(sector)) throw new Damaged('Its sectors form a circle.');
      seen.add(sector);
      sectors.push(sector);
    }
    return sectors;
  }

  private next(sector: number): number {
    const perSector = this.sectorSize / 4;
    const fat = this.fatSectors[Math.floor(sector / perSector)];
    if (fat === undefined) throw new Damaged('It points outside the file.');
    const known = this.cache.get(fat) ?? this.sector(fat);
    this.cache.set(fat, known);
    return known.readUInt32LE((sector % perSector) * 4);
  }

  /** The last sector of a file may be cut short; what is missing is zero. */
  private sector(index: number): Buffer {
    const at = (index + 1) * this.sectorSize;
    if (at >= this.source.size) throw new Damaged('It points outside the file.');
    const bytes = this.source.read(at, Math.min(this.sectorSize, this.source.size - at));
    return bytes.length === this.sectorSize ? bytes : Buffer.concat([bytes, Buffer.alloc(this.sectorSize - bytes.length)]);
  }

  /** The children of the root: a tree of siblings. */
  private walk(entries: Buffer): void {
    const open = [entries.readUInt32LE(76)];
    const seen = new Set<number>();
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === NO_ENTRY) continue;
      if (seen.has(id)) throw new Damaged('Its directory forms a circle.');
      seen.add(id);
      if ((id + 1) * ENTRY > entries.length) throw new Damaged('It points outside the file.');
      const entry = entries.subarray(id * ENTRY, (id + 1) * ENTRY);
      const nameBytes = Math.min(64, Math.max(2, entry.readUInt16LE(64))) - 2;
      if (entry[66] === 2)
        this.streams.set(entry.toString('utf16le', 0, nameBytes), { start: entry.readUInt32LE(116), size: entry.readUInt32LE(120) });
      open.push(entry.readUInt32LE(68), entry.readUInt32LE(72));
    }
  }
}
