import fc from 'fast-check';
import { backoffDelay, type JobType } from './job-type.js';

const aType = (backoffMs: number, backoffCapMs: number): JobType<never> => ({
  name: 'test',
  lane: 'quick',
  maxAttempts: 5,
  backoffMs,
  backoffCapMs,
});

describe('backoffDelay', () => {
  it('doubles its ceiling with each attempt, up to the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 6].map((attempts) => backoffDelay(aType(1_000, 10_000), attempts, () => 1));
    expect(ceilings).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('is spread over the whole time, so that many failures at once do not come back at once', () => {
    const delays = Array.from({ length: 2_000 }, () => backoffDelay(aType(1_000, 10_000), 3));
    const quarters = [0, 1, 2, 3].map((quarter) => delays.filter((delay) => Math.floor((delay - 1) / 1_000) === quarter).length);
    for (const count of quarters) expect(count).toBeGreaterThan(350);
  });

  it('is always a whole number from 0 to the cap, however many attempts there were', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 100_000_000 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (backoffMs, backoffCapMs, attempts, random) => {
          const delay = backoffDelay(aType(backoffMs, backoffCapMs), attempts, () => random);
          expect(Number.isSafeInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(backoffCapMs, backoffMs * 2 ** Math.max(0, attempts - 1)));
        },
      ),
    );
  });
});
