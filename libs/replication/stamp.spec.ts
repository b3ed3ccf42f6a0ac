import fc from 'fast-check';
import { compareStamps, isTooFarAhead, MAX_AHEAD_MS, MAX_COUNTER, type Stamp, tick, witness } from './stamp.js';

const stamp = fc.record({
  wallMs: fc.integer({ min: 0, max: 50 }),
  counter: fc.integer({ min: 0, max: 3 }),
  iss: fc.constantFrom('a', 'b', 'c'),
});
const clock = fc.record({ wallMs: fc.integer({ min: 0, max: 100 }), counter: fc.integer({ min: 0, max: MAX_COUNTER }) });
const at = (state: { wallMs: number; counter: number }): Stamp => ({ ...state, iss: 'a' });

describe('the order of stamps', () => {
  it('is total: exactly one of before, after, same', () => {
    fc.assert(
      fc.property(stamp, stamp, (a, b) => {
        expect(Math.sign(compareStamps(a, b))).toBe(-Math.sign(compareStamps(b, a)) || 0);
        if (compareStamps(a, b) === 0) expect(a).toEqual(b);
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(stamp, stamp, stamp, (a, b, c) => {
        const [first, second, third] = [a, b, c].sort(compareStamps) as [Stamp, Stamp, Stamp];
        expect(compareStamps(first, second)).toBeLessThanOrEqual(0);
        expect(compareStamps(second, third)).toBeLessThanOrEqual(0);
        expect(compareStamps(first, third)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the clock', () => {
  it('never goes back, whatever the wall says', () => {
    fc.assert(
      fc.property(clock, fc.integer({ min: 0, max: 200 }), (before, now) => {
        const after = tick(before, now);
        expect(compareStamps(at(after), at(before))).toBeGreaterThan(0);
        expect(after.counter).toBeLessThanOrEqual(MAX_COUNTER);
      }),
    );
  });

  it('writes later than anything it has seen', () => {
    fc.assert(
      fc.property(clock, fc.array(stamp), fc.integer({ min: 0, max: 200 }), (start, seen, now) => {
        const next = tick(seen.reduce(witness, start), now);
        for (const other of seen) expect(compareStamps(at(next), { ...other, iss: 'a' })).toBeGreaterThan(0);
      }),
    );
  });

  it('follows the wall when that is ahead', () => {
    expect(tick({ wallMs: 5, counter: 9 }, 7)).toEqual({ wallMs: 7, counter: 0 });
  });

  it('carries a full counter into the next millisecond', () => {
    expect(tick({ wallMs: 5, counter: MAX_COUNTER }, 5)).toEqual({ wallMs: 6, counter: 0 });
  });

  it('refuses stamps more than ten minutes ahead', () => {
    expect(isTooFarAhead({ wallMs: 1_000 + MAX_AHEAD_MS, counter: 0 }, 1_000)).toBe(false);
    expect(isTooFarAhead({ wallMs: 1_001 + MAX_AHEAD_MS, counter: 0 }, 1_000)).toBe(true);
  });
});
