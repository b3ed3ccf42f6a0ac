import { type Inspection, inspectionOf, unsigned } from './inspection-result.js';
import { Damaged, OverLimit, type Source } from './source.js';

const LEAD = 96;
const INTRO = 16;
const INDEX_ENTRY = 16;
const MOST_ENTRIES = 65_536;
const MOST_STORE = 15 << 20;
const MOST_STRING = 4_096;

const tags = { name: 1000, version: 1001, release: 1002, epoch: 1003, size: 1009, vendor: 1011, packager: 1015, arch: 1022 } as const;
/** Scripts before and after installation and removal; interpreters without a text count too. */
const scriptTags = [1023, 1024, 1025, 1026, 1085, 1086, 1087, 1088];
/** RSA and DSA over the header, PGP, GPG and OpenPGP over header and payload (rpmtag.h). */
const signatureTags = [267, 268, 278, 1002, 1005];

/** A header: index entries that point into a store of values (rpm.org, "RPM v4 format"). */
class Header {
  private constructor(
    private readonly index: Buffer,
    private readonly store: Buffer,
    readonly length: number,
  ) {}

  static read(source: Source, at: number): Header {
    const intro = source.read(at, INTRO);
    if (intro.readUInt32BE(0) !== 0x8eade801) throw new Damaged('One of its headers is damaged.');
    const [entries, bytes] = [intro.readUInt32BE(8), intro.readUInt32BE(12)];
    if (entries > MOST_ENTRIES || bytes > MOST_STORE) throw new OverLimit('One of its headers is too large.');
    const indexBytes = entries * INDEX_ENTRY;
    const index = source.read(at + INTRO, indexBytes);
    return new Header(index, source.read(at + INTRO + indexBytes, bytes), INTRO + indexBytes + bytes);
  }

  has(...wanted: readonly number[]): boolean {
    return wanted.some((tag) => this.find(tag) !== null);
  }

  string(tag: number): string | null {
    const entry = this.find(tag);
    if (!entry || ![6, 8, 9].includes(entry.type)) return null;
    const bytes = this.store.subarray(entry.offset, entry.offset + MOST_STRING);
    const end = bytes.indexOf(0);
    return bytes.toString('utf8', 0, end < 0 ? bytes.length : end) || null;
  }

  number(tag: number): number | null {
    const entry = this.find(tag);
    if (!entry || entry.type !== 4) return null;
    if (entry.offset + 4 > this.store.length) throw new Damaged('One of its headers points outside itself.');
    return this.store.readUInt32BE(entry.offset);
  }

  private find(tag: number): { type: number; offset: number } | null {
    for (let at = 0; at < this.index.length; at += INDEX_ENTRY)
      if (this.index.readUInt32BE(at) === tag) return { type: this.index.readUInt32BE(at + 4), offset: this.index.readUInt32BE(at + 8) };
    return null;
  }
}

export function inspectRpm(source: Source): Inspection {
  const signature = Header.read(source, LEAD);
  const header = Header.read(source, LEAD + Math.ceil(signature.length / 8) * 8);
  const title = header.string(tags.name);
  if (title === null) throw new Damaged('Its header names no package.');
  const [version, release, epoch] = [header.string(tags.version), header.string(tags.release), header.number(tags.epoch)];
  const bytes = header.number(tags.size);
  const arch = header.string(tags.arch);
  return inspectionOf({
    kind: 'rpm',
    title,
    title_key: title,
    version: version === null ? null : `${epoch ? `${epoch}:` : ''}${version}${release === null ? '' : `-${release}`}`,
    vendor: header.string(tags.vendor) ?? header.string(tags.packager),
    architectures: arch === null ? [] : [arch],
    install_kb: bytes === null ? null : Math.ceil(bytes / 1_024),
    has_scripts: header.has(...scriptTags),
    signature: signature.has(...signatureTags) || header.has(...signatureTags.slice(0, 3)) ? { ...unsigned, state: 'present' } : unsigned,
  });
}
