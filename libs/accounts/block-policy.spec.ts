import { blockMs } from './block-policy.js';

describe('blockMs', () => {
  it('costs nothing at first, then doubles up to a quarter of an hour', () => {
    const seconds = [1, 4, 5, 6, 7, 8, 9, 10, 11, 5_000].map((failures) => blockMs(failures, 5) / 1_000);
    expect(seconds).toEqual([0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
  });
});
