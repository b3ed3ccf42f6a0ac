import { Pace, pauseAfter } from './pace.js';

describe('pauseAfter', () => {
  it.each([
    [100, null, 0],
    [200, 100, 0],
    [201, 100, 101],
    [60_000, 100, 10_000],
  ])('an answer after %i ms, usually %s ms, asks for a pause of %i ms', (took, average, pause) =>
    expect(pauseAfter(took, average)).toBe(pause),
  );
});

describe('Pace', () => {
  it('lets two through at a time, and the others in their order', async () => {
    const pace = new Pace(() => Promise.resolve());
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const calls = [0, 1, 2, 3].map((each) =>
      pace.during(() => {
        begun.push(each);
        return new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[0]!();
    await calls[0];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    ends[1]!();
    await calls[1];
    await Promise.resolve();
    ends.slice(2).forEach((end) => end());
    await Promise.all(calls);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('pauses before the next call when an answer took longer than usual, and only once', async () => {
    const pauses: number[] = [];
    let now = 0;
    const pace = new Pace(
      (ms) => Promise.resolve(void pauses.push(ms)),
      () => now,
    );
    for (const tookMs of [10, 50, 10, 10]) await pace.during(() => Promise.resolve(void (now += tookMs)));
    expect(pauses).toEqual([40]);
  });

  it('continues after a call that fails', async () => {
    const pace = new Pace(() => Promise.resolve());
    const failing = () => pace.during(() => Promise.reject(new Error('no')));
    const results = await Promise.allSettled([failing(), failing(), failing(), pace.during(() => Promise.resolve('yes'))]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
  });
});
