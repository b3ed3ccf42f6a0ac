import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { componentsOf, readBundleInfo } from './bundle.js';
import { type Inspection, inspectionOf, type PackageKind, unsigned } from './inspection-result.js';
import { Damaged, mostUnpacked, OverLimit, type Source } from './source.js';

const MOST_ENTRIES = 200_000;
const MOST_PLIST = 8 << 20;
const STEP = 1 << 20;
/** The Info.plist of a bundle that is at most two folders deep; bundles inside it have longer paths. */
const INFO = /^(?:[^/]+\/){0,2}[^/]+\.(app|pkg|mpkg)\/Contents\/Info\.plist$/;

class SourceReader extends yauzl.RandomAccessReader {
  constructor(private readonly source: Source) {
    super();
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.parts(start, end));
  }

  private *parts(start: number, end: number): Generator<Buffer> {
    for (let at = start; at < end; at += STEP) yield this.source.read(at, Math.min(STEP, end - at));
  }
}

/** An archive with an application or a bundle package of macOS; null when it has neither. */
export async function inspectZip(source: Source): Promise<Inspection | null> {
  const { zip, entries } = await listOf(source);
  const info = entries.filter(({ fileName }) => INFO.test(fileName)).sort((a, b) => a.fileName.length - b.fileName.length)[0];
  if (!info) return null;
  const bundle = readBundleInfo(await contentOf(source, zip, info));
  const inside = info.fileName.slice(0, -'Info.plist'.length);
  const has = (name: string): boolean => entries.some(({ fileName }) => fileName === inside + name);
  const kind: PackageKind = info.fileName.endsWith('.app/Contents/Info.plist') ? 'app_zip' : 'component_package';
  return inspectionOf({
    kind,
    title: bundle.title,
    title_key: bundle.id,
    version: bundle.version,
    min_os: bundle.minOs,
    packages: componentsOf(bundle),
    signature: has('_CodeSignature/CodeResources') ? { ...unsigned, state: 'present' } : unsigned,
    stapled: has('CodeResources'),
  });
}

interface Listing {
  readonly zip: yauzl.ZipFile;
  readonly entries: readonly yauzl.Entry[];
}

const damaged = (error: unknown): Error =>
  error instanceof Damaged || error instanceof OverLimit ? error : new Damaged(`Its archive is damaged: ${(error as Error).message}.`);

function listOf(source: Source): Promise<Listing> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(damaged(error));
    yauzl.fromRandomAccessReader(new SourceReader(source), source.size, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) return fail(error);
      if (zip.entryCount > MOST_ENTRIES) return fail(new OverLimit('It has more than 200,000 files.'));
      const entries: yauzl.Entry[] = [];
      zip.on('error', fail);
      zip.on('end', () => resolve({ zip, entries }));
      zip.on('entry', (entry: yauzl.Entry) => {
        entries.push(entry);
        zip.readEntry();
      });
      zip.readEntry();
    });
  });
}

async function contentOf(source: Source, zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  if (entry.isEncrypted()) throw new OverLimit('It is encrypted.');
  const most = mostUnpacked(entry.compressedSize, MOST_PLIST);
  if (entry.uncompressedSize > most) throw new OverLimit('A compressed part of it unpacks to too much.');
  const parts: Buffer[] = [];
  try {
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    for await (const part of stream) {
      source.spend((part as Buffer).length);
      parts.push(part as Buffer);
    }
  } catch (error) {
    throw damaged(error);
  }
  return Buffer.concat(parts);
}
