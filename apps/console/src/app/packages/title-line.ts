import type { PackageDto } from '#libs/api-client';

type Titled = Pick<PackageDto, 'filename' | 'title' | 'version'>;

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** Title and version of a package, where its filename does not say them already; null where it does, or nothing is known. */
export function titleLine({ filename, title, version }: Titled): string | null {
  const line = [title, version].filter((part) => part !== null && part !== '').join(' ');
  return line === '' || lettersOf(filename).startsWith(lettersOf(line)) ? null : line;
}
