import fc from 'fast-check';
import { RateMeter } from './rate-meter.js';

describe('the rate of a source', () => {
  it('is unknown before it has worked for a moment', () => {
    const meter = new RateMeter();
    expect(meter.rate(0)).toBeNull();
    meter.start(0);
    meter.add(1_000, 100);
    expect(meter.rate(100)).toBeNull();
    expect(meter.rate(1_000)).not.toBeNull();
  });

  it('is what comes, whatever the pieces, and does not count time in which nothing was asked of it', () => {
    const piece = fc.record({ ms: fc.integer({ min: 1, max: 500 }), pauseMs: fc.nat(60_000) });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 20, maxLength: 100 }), fc.integer({ min: 1, max: 1_000 }), (pieces, perMs) => {
        const meter = new RateMeter();
        let now = 0;
        for (const { ms, pauseMs } of pieces) {
          meter.start(now);
          now += ms;
          meter.add(ms * perMs, now);
          meter.stop(now);
          now += pauseMs;
        }
        const rate = meter.rate(now);
        if (rate !== null) expect(Math.abs(rate / (perMs * 1_000) - 1)).toBeLessThan(0.05);
      }),
    );
  });

  it('follows a line that becomes slow', () => {
    const meter = new RateMeter();
    meter.start(0);
    for (let now = 0; now < 10_000; now += 100) meter.add(100_000, now);
    for (let now = 10_000; now < 40_000; now += 100) meter.add(1_000, now);
    expect(meter.rate(40_000)).toBeLessThan(50_000);
    expect(meter.rate(40_000)).toBeGreaterThan(9_000);
  });

  it('does not blame a source for our own limits', () => {
    const meter = new RateMeter();
    meter.start(0);
    meter.add(500_000, 500);
    meter.skip(60_000);
    expect(meter.rate(60_000)).toBeGreaterThan(900_000);
  });
});
