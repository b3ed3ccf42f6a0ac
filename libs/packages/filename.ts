import { DomainError } from '#libs/platform/errors/domain-error.js';

/** A name that cannot be a public filename; the message says why. */
export class InvalidFilename extends DomainError {
  readonly code = 'invalid-filename';
  readonly status = 400;
}

/** Bytes of UTF-8: the limit of the file systems in use. */
const MAX_BYTES = 255;
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

const rules: readonly [RegExp, string][] = [
  [/^$/, 'The filename is empty.'],
  [/[\p{Cc}\p{Cf}\u2028\u2029]/u, 'The filename has control or invisible characters.'],
  [/[/\\:*?"<>|]/, 'The filename must not contain any of / \\ : * ? " < > |.'],
  [/^\./, 'The filename must not begin with a dot.'],
  [/[. ]$/, 'The filename must not end with a dot or a space.'],
  [/^ /, 'The filename must not begin with a space.'],
  [deviceName, 'The filename is a device name on Windows.'],
];

/** The name in Unicode NFC. Throws InvalidFilename: a bad name is refused, never silently rewritten. */
export function checkFilename(name: string): string {
  const normal = name.normalize('NFC');
  const broken = rules.find(([pattern]) => pattern.test(normal));
  if (broken) throw new InvalidFilename(broken[1]);
  if (/\p{Cs}/u.test(normal)) throw new InvalidFilename('The filename is not valid Unicode.');
  if (Buffer.byteLength(normal) > MAX_BYTES) throw new InvalidFilename(`The filename is longer than ${MAX_BYTES} bytes.`);
  return normal;
}

/**
 * The name as macOS and Windows shares compare it: case-folded, whatever the locale. Down, up and down again, so that letters
 * with several forms meet (final sigma; capital sharp s, which alone has no upper case but itself). PostgreSQL takes no NUL, not
 * even to look for; it becomes another character that no filename has.
 */
export const filenameKey = (name: string): string =>
  name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC').replaceAll('\0', '\u0001');
