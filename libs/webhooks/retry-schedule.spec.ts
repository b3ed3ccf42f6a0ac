import { parseRetryAfter, waitAfter } from './retry-schedule.js';

const none = () => 0;

describe('the retry schedule', () => {
  it('is that of Standard Webhooks 1.0.0: ten attempts over three days', () => {
    const minutes = Array.from({ length: 10 }, (_, index) => waitAfter(index + 1, null, none)).map((ms) =>
      ms === null ? null : ms / 60_000,
    );
    expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1_200, 1_440, null]);
  });

  it('jitters up to a tenth, and never shortens', () => {
    expect(waitAfter(2, null, () => 1)).toBe(330_000);
  });

  it('waits as long as the receiver asks, up to a day', () => {
    expect(waitAfter(1, 60_000, none)).toBe(60_000);
    expect(waitAfter(3, 60_000, none)).toBe(1_800_000);
    expect(waitAfter(1, 1e12, none)).toBe(86_400_000);
  });

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('reads Retry-After: %s', (value, expected) => expect(parseRetryAfter(value, 10_000)).toBe(expected));
});
