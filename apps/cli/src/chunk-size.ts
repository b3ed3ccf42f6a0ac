const LEAST = 64 * 1_024;
const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `32M` in bytes; null for what is no size. */
export function parseChunkSize(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,12})\s*([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  const bytes = digits === undefined ? 0 : Number(digits) * units[unit.toLowerCase()]!;
  return bytes >= LEAST && Number.isSafeInteger(bytes) ? bytes : null;
}

/**
 * How many bytes one request may carry. Proxies say no to longer ones with 413, or cut them after some time without having passed on
 * anything: either way the next request is half as long.
 */
export class ChunkSize {
  constructor(private most: number | null) {}

  /** Of what is left. */
  of(left: number): number {
    return this.most === null ? left : Math.min(left, this.most);
  }

  /** After a request of that many bytes did not get through. False when smaller ones make no sense. */
  halve(tried: number): boolean {
    if (tried <= LEAST) return false;
    this.most = Math.max(LEAST, Math.floor(tried / 2));
    return true;
  }
}
