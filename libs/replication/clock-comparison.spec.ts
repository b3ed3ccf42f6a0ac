import fc from 'fast-check';
import { isBeyond, judgeClock, latestStampMs, medianOf, nextStamp, sampleOf } from './clock-comparison.js';
import { compareStamps, isTooFarAhead, MAX_AHEAD_MS } from './stamp.js';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const offset = fc.integer({ min: -500 * 24 * HOUR, max: 500 * 24 * HOUR });
const stamp = fc.record({ wallMs: fc.integer({ min: 0, max: NOW + 500 * 24 * HOUR }), counter: fc.integer({ min: 0, max: 1_000_000 }) });
const exactly = (offsetMs: number) => ({ offsetMs, errorMs: 0 });

describe('comparing clocks', () => {
  it('the true offset is within the error, wherever in the round trip the other clock was read', () => {
    fc.assert(
      fc.property(
        offset,
        fc.nat(10_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(1, 1_000),
        (true_, trip, part, step) => {
          const read = NOW + trip * part + true_;
          const { offsetMs, errorMs } = sampleOf(NOW, NOW + trip, Math.floor(read / step) * step, step);
          expect(Math.abs(offsetMs - true_)).toBeLessThanOrEqual(errorMs + 1e-3);
        },
      ),
    );
  });

  it('a minority of wrong clocks changes nothing', () => {
    fc.assert(
      fc.property(fc.array(offset, { maxLength: 5 }), (wrong) => {
        const right = Array.from({ length: wrong.length + 1 }, (_, index) => exactly(index));
        expect(judgeClock([...wrong.map(exactly), ...right]).state).toBe('right');
      }),
    );
    expect(medianOf([])).toBeNull();
    expect(judgeClock([exactly(-HOUR), exactly(0)]).state).toBe('right'); // one against one: its own clock decides
  });

  it('is ahead or behind when more than 10 minutes off, and never because of how it was measured', () => {
    expect(judgeClock([exactly(-MAX_AHEAD_MS)]).state).toBe('right');
    expect(judgeClock([exactly(-MAX_AHEAD_MS - 1)]).state).toBe('ahead');
    expect(judgeClock([exactly(MAX_AHEAD_MS + 1)]).state).toBe('behind');
    expect(judgeClock([{ offsetMs: -MAX_AHEAD_MS - 1, errorMs: 2 }]).state).toBe('right');
    expect(judgeClock([])).toEqual({ state: 'unknown', offsetMs: null });
  });
});

describe('stamps after a clock was wrong', () => {
  const right = { state: 'right', offsetMs: 0 } as const;

  it('a new stamp is one that the other servers take, whatever the hybrid clock and the names had seen', () => {
    fc.assert(
      fc.property(stamp, fc.array(stamp, { maxLength: 4 }), (clock, seen) => {
        const next = nextStamp(clock, seen, NOW, right);
        expect(isTooFarAhead(next, NOW + 1)).toBe(false);
        for (const each of [clock, ...seen]) {
          if (isTooFarAhead(each, NOW)) continue;
          expect(compareStamps({ ...next, iss: '' }, { ...each, iss: '' })).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('without anybody to compare with, the hybrid clock never goes back', () => {
    fc.assert(
      fc.property(stamp, stamp, (clock, seen) => {
        const next = nextStamp(clock, [seen], NOW, { state: 'unknown', offsetMs: null });
        for (const each of [clock, seen]) expect(compareStamps({ ...next, iss: '' }, { ...each, iss: '' })).toBeGreaterThan(0);
      }),
    );
  });

  it('what is stamped later than any right clock says is not in force, by the later of the own clock and the others', () => {
    const at = (wallMs: number) => ({ wallMs, counter: 0 });
    const behind = { state: 'behind', offsetMs: 26 * 365 * 24 * HOUR } as const;
    expect(isBeyond(at(NOW + HOUR), latestStampMs(NOW, right))).toBe(true);
    expect(isBeyond(at(NOW + MAX_AHEAD_MS), latestStampMs(NOW, right))).toBe(false);
    expect(isBeyond(at(NOW), latestStampMs(NOW - behind.offsetMs, behind))).toBe(false); // a clock of the year 2000 forgets nothing
    expect(isBeyond(at(NOW + HOUR), latestStampMs(NOW, { state: 'unknown', offsetMs: null }))).toBe(false);
  });
});
