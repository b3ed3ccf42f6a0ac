/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More ranges than this in one request are no client's honest wish (RFC 9110 §14.2): the header is ignored. */
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
  const match = /^(\d{0,15})-(\d{0,15})$/.exec(part);
  if (!match || (match[1] === '' && match[2] === '')) return null;
  if (match[1] === '') {
    const length = Number(match[2]);
    return length === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - length), end: size - 1 };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (match[2] !== '' && Number(match[2]) < start) return null;
  return start >= size ? 'unsatisfiable' : { start, end };
}

/** Ranges that ask for more than twice the content are an attack, not a wish. */
function overlapTooMuch(ranges: readonly ByteRange[], size: number): boolean {
  return ranges.length > 1 && ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0) > 2 * size;
}
