/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The largest number of a header or query that is distinguished from larger ones: a position beyond it is beyond every file. */
export const clampedNumber = (digits: string): number => Math.min(Number(digits), Number.MAX_SAFE_INTEGER);

/** No honest client asks for more ranges than this in one request (RFC 9110 §14.2): the header is ignored. */
const MAX_RANGES = 32;

/**
 * Reads a `Range` header (RFC 9110 §14.1.2). `null`: there is none to honour, send the whole; `[]`: none can be satisfied (416).
 */
export function parseRange(header: string | undefined, size: number): ByteRange[] | null {
  const match = /^bytes=(.+)$/i.exec(header?.trim() ?? '');
  if (!match) return null;
  const parts = match[1]!
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0 || parts.length > MAX_RANGES) return null;
  const ranges: ByteRange[] = [];
  for (const part of parts) {
    const range = parseOne(part, size);
    if (range === null) return null;
    if (range !== 'unsatisfiable') ranges.push(range);
  }
  return overlapTooMuch(ranges, size) ? null : ranges;
}

function parseOne(part: string, size: number): ByteRange | 'unsatisfiable' | null {
  const match = /^(\d*)-(\d*)$/.exec(part);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] === '') {
    const length = clampedNumber(match[2]!);
    return length === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = clampedNumber(match[1]!);
  const last = match[2] === '' ? Number.MAX_SAFE_INTEGER : clampedNumber(match[2]!);
  if (isSmaller(match[2]!, match[1]!)) return null;
  const end = Math.min(last, size - 1);
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** Compares numbers of any length, where both are beyond what a number holds exactly. `last` may be empty: no end. */
const isSmaller = (last: string, first: string): boolean => last !== '' && BigInt(last) < BigInt(first);

/** Whether a `Range` has a number that other programs cannot hold in 64 bits: nginx answers 416 to such. */
export const hasHugeNumbers = (header: string | undefined): boolean => header !== undefined && /\d{16,}/.test(header);

/** Ranges that ask for more than twice the content are an attack. */
function overlapTooMuch(ranges: readonly ByteRange[], size: number): boolean {
  return ranges.length > 1 && ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0) > 2 * size;
}
