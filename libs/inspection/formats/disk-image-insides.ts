import { type BundleInfo, componentsOf, readBundleInfo } from './bundle.js';
import { inspectFlatPackage } from './flat-package.js';
import type { Inspection } from './inspection-result.js';
import { Damaged, OverLimit, type Source } from './source.js';

export interface ListedFile {
  readonly path: string;
  readonly size: number;
}

/** Reads the file systems of a disk image. Each throws InsidesUnread. */
export interface DiskImageReader {
  /** The files called `Info.plist`, and those whose names end with `.pkg`. */
  list(): readonly ListedFile[];
  /** The content of a file of that list. */
  extract(file: ListedFile): Buffer;
}

/** Why what is inside a disk image was not read: nothing that the image has to answer for. */
export class InsidesUnread extends Error {
  override readonly name = 'InsidesUnread';
}

/** What a disk image brings: the facts that its trailer does not have. */
export type Insides = Pick<Inspection, 'title' | 'title_key' | 'version' | 'min_os' | 'architectures' | 'install_kb'> &
  Pick<Inspection, 'restart' | 'packages' | 'inside' | 'has_scripts' | 'warnings'>;

const MOST_BUNDLES = 20;
const MOST_PACKAGES = 5;
const MOST_PLIST = 8 << 20;
const MOST_PACKAGE = 64 << 20;
/** Of an application or a bundle package that lies in the volume or one folder below; the bundles inside them have longer paths. */
const INFO = /^(?:[^/]+\/)?[^/]+\.(?:app|pkg|mpkg)\/Contents\/Info\.plist$/i;
const PACKAGE = /^(?:[^/]+\/)?[^/]+\.pkg$/i;
const BUNDLE = /\.(?:app|pkg|mpkg)$/i;
const CONTENTS = '/Contents/Info.plist';
const CONTROL = /[\u0000-\u001f\u007f]/;

export const nothingInside: Insides = {
  ...{ title: null, title_key: null, version: null, min_os: null, architectures: [], install_kb: null },
  ...{ restart: false, packages: [], inside: [], has_scripts: false, warnings: [] },
};

/**
 * The applications and packages at the top of a disk image. The title is that of the one that lies least deep: of a package before that of an
 * application, which is often there to remove what the package installs.
 */
export function readInsides(reader: DiskImageReader, source: Source): Insides {
  try {
    const files = reader.list().filter(({ path }) => !CONTROL.test(path));
    const image: Image = { files, volume: volumeOf(files), read: (file) => contentOf(file, reader, source), source };
    return merged([...packagesIn(image), ...bundlesIn(image)]);
  } catch (error) {
    if (error instanceof InsidesUnread) return { ...nothingInside, warnings: [`What is inside was not read: ${error.message}`] };
    throw error;
  }
}

interface Image {
  readonly files: readonly ListedFile[];
  /** What listed paths begin with, with its slash; empty for a file system that is listed without its name. */
  readonly volume: string;
  readonly read: (file: ListedFile) => Buffer;
  readonly source: Source;
}

/** The name of the volume is the folder that everything lies in; a bundle is none. */
function volumeOf(files: readonly ListedFile[]): string {
  const tops = new Set(files.map(({ path }) => path.split('/', 1)[0]!));
  const [top = ''] = tops;
  return tops.size === 1 && !BUNDLE.test(top) && files.every(({ path }) => path.includes('/')) ? `${top}/` : '';
}

function contentOf(file: ListedFile, reader: DiskImageReader, source: Source): Buffer {
  const bytes = reader.extract(file);
  source.spend(bytes.length);
  return bytes;
}

/** One thing inside, or what hinders reading it. */
type Found = { readonly insides: Insides } | { readonly warning: string };

const depthOf = (path: string): number => path.split('/').length;
const byDepth = (a: { path: string }, b: { path: string }): number => depthOf(a.path) - depthOf(b.path) || (a.path < b.path ? -1 : 1);

function bundlesIn({ files, volume, read }: Image): Found[] {
  const infos = files.filter(({ path }) => INFO.test(path.slice(volume.length))).sort(byDepth);
  const found = infos.slice(0, MOST_BUNDLES).map((file) => {
    const path = file.path.slice(volume.length, -CONTENTS.length);
    return attempt(file, MOST_PLIST, () => insidesOf(path, readBundleInfo(read(file))));
  });
  return [...found, ...cut(infos.length, MOST_BUNDLES, 'bundles')];
}

function packagesIn({ files, volume, read, source }: Image): Found[] {
  const packages = files.filter(({ path, size }) => size > 0 && PACKAGE.test(path.slice(volume.length))).sort(byDepth);
  const found = packages.slice(0, MOST_PACKAGES).map((file) =>
    attempt(file, MOST_PACKAGE, () => {
      const inspected = inspectFlatPackage(source.nested(read(file)));
      const { title_key: identifier, version } = inspected;
      return { ...inspected, inside: [{ kind: 'package', path: file.path.slice(volume.length), identifier, version }] };
    }),
  );
  return [...found, ...cut(packages.length, MOST_PACKAGES, 'packages')];
}

const cut = (count: number, most: number, what: string): Found[] =>
  count > most ? [{ warning: `Only ${most} of the ${count} ${what} inside were read.` }] : [];

/** A part that cannot be read leaves the rest as it is. */
function attempt(file: ListedFile, most: number, read: () => Insides): Found {
  if (file.size > most) return { warning: `${file.path} is larger than ${most >> 20} MiB and was not read.` };
  try {
    return { insides: read() };
  } catch (error) {
    const isOfTheFile = error instanceof Damaged || error instanceof OverLimit || error instanceof InsidesUnread;
    // Numbers that point outside: by its name, since Node's own may be of another realm.
    const { name, message } = error as Error;
    if (isOfTheFile || name === 'RangeError') return { warning: `${file.path} could not be read: ${message}` };
    throw error;
  }
}

function insidesOf(path: string, info: BundleInfo): Insides {
  const isApplication = path.toLowerCase().endsWith('.app');
  const version = isApplication ? info.shortVersion : info.version;
  return {
    ...nothingInside,
    ...{ title: info.title, title_key: info.id, version: info.version, min_os: info.minOs, packages: componentsOf(info) },
    inside: [{ kind: isApplication ? 'application' : 'package', path, identifier: info.id, version }],
  };
}

function merged(found: readonly Found[]): Insides {
  // Sorting keeps packages before applications of the same depth.
  const all = found
    .flatMap((each) => ('insides' in each ? [each.insides] : []))
    .sort((a, b) => depthOf(a.inside[0]!.path) - depthOf(b.inside[0]!.path));
  const warnings = found.flatMap((each) => ('warning' in each ? [each.warning] : []));
  const { title, title_key, version, min_os, architectures, install_kb } = all[0] ?? nothingInside;
  return {
    ...{ title, title_key, version, min_os, architectures, install_kb },
    restart: all.some(({ restart }) => restart),
    packages: all.flatMap(({ packages }) => packages),
    inside: all.flatMap(({ inside }) => inside),
    has_scripts: all.some(({ has_scripts: has }) => has),
    warnings: [...all.flatMap((each) => each.warnings), ...warnings],
  };
}
