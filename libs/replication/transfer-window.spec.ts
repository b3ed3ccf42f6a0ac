import fc from 'fast-check';
import { formatTimeOfDay, isTimeZone, minutesOfDay, parseTimeOfDay, untilOpen } from './transfer-window.js';

const at = (text: string): number => Date.parse(`${text}Z`);
const night = { from: 22 * 60, to: 6 * 60, timeZone: 'UTC' };

describe('a transfer window', () => {
  it.each([
    ['2026-11-23T22:00:00', 0],
    ['2026-11-23T23:59:59', 0],
    ['2026-11-24T05:59:59', 0],
    ['2026-11-24T06:00:00', 16 * 3_600_000],
    ['2026-11-24T21:59:30', 30_000],
  ])('over midnight, at %s opens in %d ms', (time, expected) => expect(untilOpen(night, at(time))).toBe(expected));

  it('is always open when it begins where it ends', () => {
    expect(untilOpen({ ...night, to: night.from }, at('2026-11-24T12:00:00'))).toBe(0);
  });

  it('follows the clocks of its zone, also when they change', () => {
    const berlin = { from: 60, to: 120, timeZone: 'Europe/Berlin' };
    expect(untilOpen(berlin, at('2026-07-01T23:30:00'))).toBe(0); // 01:30 in summer
    expect(untilOpen(berlin, at('2026-12-01T23:30:00'))).toBe(30 * 60_000); // 00:30 in winter
  });

  const hour = 3_600_000;
  it.each([
    // Clocks go forward at 02:00 to 03:00 on 29 March 2026 in Berlin: from 23:00 to 04:00 it is four hours, not five.
    ['Europe/Berlin', '04:00', '06:00', '2026-03-28T22:00:00', 4 * hour],
    // Within the hour that is left out: it opens when the clock first shows a time past its beginning.
    ['Europe/Berlin', '02:30', '06:00', '2026-03-28T22:00:00', 3 * hour],
    // Wholly within it: the clock never shows such a time that night.
    ['Europe/Berlin', '02:10', '02:50', '2026-03-28T22:00:00', 26 * hour + 10 * 60_000],
    // Back at 03:00 to 02:00 on 25 October 2026: six hours from 23:00 to 04:00; 02:30 comes twice, and the first one counts.
    ['Europe/Berlin', '04:00', '06:00', '2026-10-24T21:00:00', 6 * hour],
    ['Europe/Berlin', '02:30', '06:00', '2026-10-24T21:00:00', 3.5 * hour],
    ['America/New_York', '03:00', '05:00', '2026-03-08T04:00:00', 3 * hour],
    ['America/New_York', '03:00', '05:00', '2026-11-01T03:00:00', 5 * hour],
    ['Australia/Lord_Howe', '06:00', '07:00', '2026-10-03T12:30:00', 6.5 * hour], // by half an hour
    ['America/Santiago', '01:00', '02:00', '2026-09-06T02:00:00', 2 * hour], // at midnight: 23:59 is followed by 01:00
    ['Asia/Kathmandu', '02:00', '03:00', '2026-06-01T00:00:00', 20.25 * hour], // 5 hours 45 minutes ahead
    ['UTC', '00:30', '01:00', '2028-02-28T23:30:00', hour], // into a leap day
    ['Europe/Berlin', '23:00', '23:30', '2028-02-29T21:00:00', hour],
    ['Europe/Berlin', '04:00', '06:00', '2040-03-24T22:00:00', 4 * hour], // past 2038
    ['Pacific/Apia', '00:00', '01:00', '2011-12-30T09:00:00', hour], // a day that was left out
  ])('in %s from %s to %s, at %s opens in %d ms', (timeZone, from, to, time, expected) => {
    expect(untilOpen({ from: parseTimeOfDay(from)!, to: parseTimeOfDay(to)!, timeZone }, at(time))).toBe(expected);
  });

  it('never opens late, whatever the clocks of its zone do', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'America/St_Johns');
    const isOpen = ({ from, to, timeZone }: typeof night, ms: number) =>
      (minutesOfDay(timeZone, ms) - from + 1_440) % 1_440 < (to - from + 1_440) % 1_440;
    fc.assert(
      fc.property(minute, minute, zone, fc.integer({ min: 0, max: 730 }), minute, (from, to, timeZone, day, second) => {
        fc.pre(from !== to);
        const window = { from, to, timeZone };
        const now = Date.UTC(2026, 0, day + 1) + second * 60_000;
        const wait = untilOpen(window, now);
        for (let ms = now; ms < now + wait; ms += 60_000)
          if (isOpen(window, ms)) throw new Error(`It was open ${now + wait - ms} ms earlier.`);
        expect(isOpen(window, now + wait)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is open when the time that it gave has passed', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 4e12 }), (from, to, now) => {
        const window = { from, to, timeZone: 'UTC' };
        expect(untilOpen(window, now + untilOpen(window, now))).toBe(0);
      }),
    );
  });

  it('reads times of day and zones', () => {
    expect(['00:00', '06:30', '23:59', '24:00', '6:30', 'x'].map(parseTimeOfDay)).toEqual([0, 390, 1_439, null, null, null]);
    expect(formatTimeOfDay(390)).toBe('06:30');
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Middle/Earth')]).toEqual([true, false]);
    expect(minutesOfDay('Asia/Kolkata', 0)).toBe(330);
  });
});
