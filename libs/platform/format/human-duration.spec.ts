import { humanDuration } from './human-duration.js';

describe('humanDuration', () => {
  it.each([
    [30806, '8:33:26'],
    [24492, '6:48:12'],
    [0, '0:00:00'],
    [5.9, '0:00:05'],
    [86_399, '23:59:59'],
    [86_400, '1 day, 0:00:00'],
    [290_006, '3 days, 8:33:26'],
    [-1, '0:00:00'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(humanDuration(seconds)).toBe(text);
  });
});
