import { filenameKey } from '#libs/packages/filename.js';

/** A file of a folder, under the name that it is to have on the server. */
export interface LocalFile {
  readonly file: string;
  readonly filename: string;
  readonly size: number;
}

export interface KnownPackage {
  readonly filename: string;
  readonly file_size: number;
  readonly sha256: string;
}

/** same: the server has this content under the name. differs: it has another one. new: it has none. */
export type Likeness = 'same' | 'differs' | 'new';

export interface Compared extends LocalFile {
  readonly likeness: Likeness;
  /** In hexadecimal digits; null where the sizes say enough. */
  readonly sha256: string | null;
}

/** Compares a file with the packages of a server. It is read only when there is one of the same size. Names count as the server's own do. */
export async function compareWith(
  packages: ReadonlyMap<string, KnownPackage>,
  local: LocalFile,
  sha256Of: (file: string) => Promise<string>,
): Promise<Compared> {
  const there = packages.get(filenameKey(local.filename));
  if (!there) return { ...local, likeness: 'new', sha256: null };
  if (there.file_size !== local.size) return { ...local, likeness: 'differs', sha256: null };
  const sha256 = await sha256Of(local.file);
  return { ...local, likeness: sha256 === there.sha256 ? 'same' : 'differs', sha256 };
}

export const byName = <T extends { readonly filename: string }>(named: readonly T[]): Map<string, T> =>
  new Map(named.map((each) => [filenameKey(each.filename), each]));

/** Files whose name on the server another one before them has: names that differ only in case are one. */
export function doubles(files: readonly LocalFile[]): Set<LocalFile> {
  const first = byName([...files].reverse()); // of several the first stays
  return new Set(files.filter((each) => first.get(filenameKey(each.filename)) !== each));
}

/** Packages that no file of the folder is named like. */
export function onlyThere(files: readonly LocalFile[], packages: readonly KnownPackage[]): string[] {
  const here = byName(files);
  return packages.map(({ filename }) => filename).filter((filename) => !here.has(filenameKey(filename)));
}
