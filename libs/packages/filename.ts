import { DomainError } from '#libs/platform/errors/domain-error.js';
import { MUNKI_PREFIX, spaceOf } from '#libs/replication/space.js';

/** A name that cannot be a public filename; the message says why. */
export class InvalidFilename extends DomainError {
  readonly code = 'invalid-filename';
  readonly status = 400;
}

/** Bytes of UTF-8: the limit of the file systems in use. */
const MAX_BYTES = 255;
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

/**
 * Invisible characters that words and pictures of living scripts need: zero width joiner and non-joiner between two visible signs (Indic
 * and Persian words, emoji sequences), tags after the black flag (flags of regions), and the number signs of Arabic, Syriac and Kaithi,
 * which are seen. All other format characters only hide something.
 */
const harmless =
  /(?<=[^\p{ASCII}\p{C}\p{Z}])[\u200c\u200d](?=[^\p{ASCII}\p{C}\p{Z}])|(?<=\u{1f3f4})[\u{e0020}-\u{e007e}]+\u{e007f}|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/gu;

const rules: readonly [RegExp, string][] = [
  [/^$/, 'The filename is empty.'],
  [/[\p{Cc}\u2028\u2029]/u, 'The filename has the control character {sign}.'],
  [/\p{Cf}/u, 'The filename has the invisible character {sign}.'],
  [/[/\\:*?"<>|]/, 'The filename must not contain any of / \\ : * ? " < > |; it has {sign}.'],
  [/^\./, 'The filename must not begin with a dot.'],
  [/[. ]$/, 'The filename must not end with a dot or a space.'],
  [/^ /, 'The filename must not begin with a space.'],
  [deviceName, 'The filename is a device name on Windows.'],
];

/** `/` as it is, what is not seen as `U+202E`. */
function shownSign(sign: string): string {
  const code = `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{C}\p{Z}]/u.test(sign) ? code : sign;
}

/** The name in Unicode NFC. Throws InvalidFilename: a bad name is refused, never silently rewritten. */
export function checkFilename(name: string): string {
  const normal = name.normalize('NFC');
  const visible = normal.replace(harmless, '');
  for (const [pattern, sentence] of rules) {
    const found = pattern.exec(visible);
    if (found) throw new InvalidFilename(sentence.replace('{sign}', () => shownSign(found[0])));
  }
  if (/\p{Cs}/u.test(normal)) throw new InvalidFilename('The filename is not valid Unicode.');
  if (Buffer.byteLength(normal) > MAX_BYTES) throw new InvalidFilename(`The filename is longer than ${MAX_BYTES} bytes.`);
  return normal;
}

/** Folders at the top of a Munki repository. `catalogs` is not among them: each server makes its own. */
export const munkiFolders = ['manifests', 'pkgsinfo', 'pkgs', 'icons', 'client_resources'] as const;
const MOST_SEGMENTS = 10;
const pathRule = `The path must have 2 to ${MOST_SEGMENTS} parts between slashes, the first of them one of ${munkiFolders.join(', ')}.`;

/** The path of a file in the Munki repository, in Unicode NFC. Throws InvalidFilename. */
export function checkMunkiPath(path: string): string {
  const segments = path.split('/');
  const [top = '', second = ''] = segments;
  const isFolder = munkiFolders.some((folder) => folder === top);
  if (!isFolder || segments.length < 2 || segments.length > MOST_SEGMENTS) throw new InvalidFilename(pathRule);
  if (top === 'pkgs' && filenameKey(second) === 'share')
    throw new InvalidFilename('pkgs/share is the share itself: upload the file as a package, and name it share/NAME in a pkginfo file.');
  const normal = segments.map(checkFilename).join('/');
  if (Buffer.byteLength(MUNKI_PREFIX + normal) > MAX_BYTES)
    throw new InvalidFilename(`The path is longer than ${MAX_BYTES - MUNKI_PREFIX.length} bytes.`);
  return normal;
}

/** A name of any space, in Unicode NFC. Throws InvalidFilename. */
export const checkEntryName = (name: string): string =>
  spaceOf(name) === '' ? checkFilename(name) : MUNKI_PREFIX + checkMunkiPath(name.slice(MUNKI_PREFIX.length));

/**
 * The name as macOS and Windows shares compare it: case-folded, whatever the locale. Down, up and down again, so that letters
 * with several forms meet (final sigma; capital sharp s, which alone has no upper case but itself). PostgreSQL takes no NUL, not
 * even to look for; it becomes another character that no filename has.
 */
export const filenameKey = (name: string): string =>
  name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC').replaceAll('\0', '\u0001');
