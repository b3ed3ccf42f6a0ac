import { Damaged, OverLimit, type Source } from './source.js';
import { walkXml } from './xml.js';

const HEADER = 28;
const MOST_PACKED_TOC = 4 << 20;
const MOST_TOC = 16 << 20;
const MOST_FILES = 200_000;
const MOST_MEMBER = 8 << 20;
const MOST_CERTIFICATES = 10;
const MOST_CERTIFICATE = 64 << 10;

interface Extent {
  offset: number;
  length: number;
  size: number;
  isPacked: boolean;
}

interface Member {
  name: string;
  readonly parent: Member | null;
  data: Extent | null;
}

export interface XarSignature {
  style: string;
  offset: number;
  size: number;
  /** DER, the signer's first. */
  readonly certificates: Buffer[];
}

/** The table of contents of a xar archive (https://github.com/mackyle/xar/wiki/xarformat). */
export class Xar {
  readonly checksum = { style: '', offset: 0, size: 0 };
  readonly signatures: XarSignature[] = [];
  private readonly members: Member[] = [];
  private readonly open: Member[] = [];
  private byPath: ReadonlyMap<string, Extent | null> | undefined;

  private constructor(
    private readonly source: Source,
    private readonly heap: number,
    readonly packedToc: Buffer,
  ) {}

  static read(source: Source): Xar {
    const head = source.read(0, HEADER);
    const headSize = head.readUInt16BE(4);
    const packed = head.readBigUInt64BE(8);
    const length = head.readBigUInt64BE(16);
    if (head.toString('latin1', 0, 4) !== 'xar!' || headSize < HEADER) throw new Damaged('Its header is wrong.');
    if (packed > MOST_PACKED_TOC || length > MOST_TOC) throw new OverLimit('Its table of contents is too large.');
    const packedToc = source.read(headSize, Number(packed));
    const toc = source.inflate(packedToc, 'zlib', MOST_TOC);
    if (toc.length !== Number(length)) throw new Damaged('Its table of contents has another length than its header says.');
    const xar = new Xar(source, headSize + packedToc.length, packedToc);
    walkXml(toc.toString('utf8'), {
      open: (attributes, path) => xar.opened(attributes, path),
      close: (text, path) => xar.closed(text, path),
    });
    return xar;
  }

  /** Paths of the members with that name. */
  named(name: string): string[] {
    return this.members.filter((member) => member.name === name).map(pathOf);
  }

  /** The content of the first member of that path; null when there is none. */
  text(path: string): string | null {
    // From the last to the first: of two members with one path the first counts.
    this.byPath ??= new Map([...this.members].reverse().map((member) => [pathOf(member), member.data]));
    const data = this.byPath.get(path);
    if (!data) return null;
    if (data.length > MOST_MEMBER || data.size > MOST_MEMBER) throw new OverLimit(`${path} in it is too large.`);
    const raw = this.heapBytes(data.offset, data.length);
    return (data.isPacked ? this.source.inflate(raw, 'zlib', MOST_MEMBER) : raw).toString('utf8');
  }

  heapBytes(offset: number, length: number): Buffer {
    return this.source.read(this.heap + offset, length);
  }

  private opened(attributes: Readonly<Record<string, string>>, path: readonly string[]): void {
    const [name, parent] = [path.at(-1), path.at(-2)];
    const file = this.open.at(-1) ?? null;
    if (name === 'file') {
      const member = { name: '', parent: file, data: null };
      this.members.push(member);
      this.open.push(member);
      if (this.members.length > MOST_FILES) throw new OverLimit('It has more than 200,000 files.');
    } else if (name === 'data' && parent === 'file' && file) file.data = { offset: NaN, length: NaN, size: NaN, isPacked: false };
    else if (name === 'encoding' && parent === 'data' && file?.data) file.data.isPacked = attributes['style'] === 'application/x-gzip';
    else if (parent === 'toc' && name === 'checksum') this.checksum.style = attributes['style'] ?? '';
    else if (parent === 'toc' && (name === 'signature' || name === 'x-signature')) this.addSignature(attributes['style'] ?? '');
  }

  private addSignature(style: string): void {
    if (this.signatures.length >= 4) throw new OverLimit('It has more than four signatures.');
    this.signatures.push({ style, offset: NaN, size: NaN, certificates: [] });
  }

  private closed(text: string, path: readonly string[]): void {
    const [name, parent] = [path.at(-1)!, path.at(-2)];
    const file = this.open.at(-1);
    const signature = this.signatures.at(-1);
    if (name === 'file') this.open.pop();
    else if (parent === 'file' && name === 'name' && file) file.name = text.trim();
    else if (parent === 'data' && file?.data) setNumber(file.data, name, text);
    else if (path[1] === 'toc' && path[2] === 'checksum') setNumber(this.checksum, name, text);
    else if (signature && (parent === 'signature' || parent === 'x-signature')) setNumber(signature, name, text);
    else if (signature && name === 'X509Certificate') addCertificate(signature, text);
  }
}

function setNumber(target: object, name: string, text: string): void {
  if (name === 'offset' || name === 'length' || name === 'size')
    Object.assign(target, { [name]: /^\s*\d+\s*$/.test(text) ? Number(text) : NaN });
}

function addCertificate({ certificates }: XarSignature, text: string): void {
  if (certificates.length >= MOST_CERTIFICATES || text.length > MOST_CERTIFICATE)
    throw new OverLimit('Its certificates are too many or too large.');
  certificates.push(Buffer.from(text, 'base64'));
}

function pathOf(member: Member): string {
  const names = [member.name];
  for (let at = member.parent; at; at = at.parent) names.unshift(at.name);
  return names.join('/');
}
