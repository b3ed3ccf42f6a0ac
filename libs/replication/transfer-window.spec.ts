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

  it('is open when the time it told has passed', () => {
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
