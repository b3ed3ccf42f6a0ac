import fc from 'fast-check';
import { StallWatch } from './stall-watch.js';

describe('a stall', () => {
  it('is no slow line: bytes that come with any gaps below 20 s are progress', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 19_999 }), { maxLength: 200 }), (gaps) => {
        const watch = new StallWatch(0);
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          expect(watch.isStalled(now)).toBe(false);
          watch.arrived(now);
        }
      }),
    );
  });

  it('is silence that is long for this line', () => {
    const quick = new StallWatch(0);
    quick.arrived(10);
    expect([quick.isStalled(20_009), quick.isStalled(20_010)]).toEqual([false, true]);
    const bursts = new StallWatch(0);
    bursts.arrived(15_000);
    expect([bursts.isStalled(74_000), bursts.isStalled(75_100)]).toEqual([false, true]);
  });

  it('always comes to be in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3_600_000 })), (gaps) => {
        const watch = new StallWatch(0);
        let now = 0;
        for (const gap of gaps) watch.arrived((now += gap));
        expect(watch.isStalled(now + 300_000)).toBe(true);
      }),
    );
  });

  it('is not what our own limits take, however long', () => {
    const watch = new StallWatch(0);
    watch.held();
    expect([watch.silence(3_600_000), watch.isStalled(3_600_000)]).toEqual([0, false]);
    watch.released(3_600_000);
    expect(watch.isStalled(3_610_000)).toBe(false);
    expect(watch.isStalled(3_620_000)).toBe(true);
  });
});
