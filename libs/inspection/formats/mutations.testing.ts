/** `npm run soak` makes more of them. */
export const FUZZ_TIMES = Number(process.env['ODS_FUZZ_TIMES'] ?? 1);

/** mulberry32: the same numbers for the same seed, in every run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** One file with a few changes: bytes, whole numbers of two, four or eight bytes, parts copied elsewhere, and cut off. */
export function mutated(original: Buffer, next: (below: number) => number): Buffer {
  const bytes = Buffer.from(original.subarray(0, next(12) === 0 ? next(original.length) : original.length));
  if (bytes.length === 0) return bytes;
  for (let change = next(6); change >= 0; change--) {
    const at = next(bytes.length);
    const kind = next(8);
    if (kind < 4) bytes[at] = next(256);
    else if (kind < 6) bytes[at] = EXTREMES[next(EXTREMES.length)]!;
    else if (kind === 6) bytes.fill(next(2) === 0 ? 0 : 0xff, at, Math.min(bytes.length, at + 2 ** (1 + next(3))));
    else bytes.copy(bytes, at, next(bytes.length));
  }
  return bytes;
}
