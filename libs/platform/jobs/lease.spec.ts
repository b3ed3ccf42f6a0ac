import { jest } from '@jest/globals';
import { Lease } from './lease.js';

/** The lease depends on a clock and on a query; the test controls both. */
describe('Lease', () => {
  let lease: Lease;
  let asked: number[];
  let warnings: unknown[];
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    asked = [];
    warnings = [];
  });
  afterEach(() => {
    lease.release();
    jest.useRealTimers();
  });

  const open = (answer: () => Promise<boolean>): void => {
    const extend = (endsMs: number) => {
      asked.push(endsMs);
      return answer();
    };
    lease = new Lease(
      extend,
      () => Date.now(),
      1_000,
      (error) => warnings.push(error),
    );
  };

  it('is extended four times in its length, for its whole length', async () => {
    open(() => Promise.resolve(true));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(asked.slice(0, 3)).toEqual([1_250, 1_500, 1_750]);
    expect(asked).toHaveLength(40);
    expect(lease.lost.aborted).toBe(false);
  });

  it('is lost when another process has the job', async () => {
    open(() => Promise.resolve(asked.length < 3));
    await jest.advanceTimersByTimeAsync(749);
    expect(lease.lost.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(lease.lost.aborted).toBe(true);
  });

  it('outlives a database that is away for a moment', async () => {
    open(() => (asked.length < 3 ? Promise.reject(new Error('away')) : Promise.resolve(true)));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(lease.lost.aborted).toBe(false);
    expect(warnings).toHaveLength(2);
  });

  it.each<[string, () => Promise<boolean>]>([
    ['fails', () => Promise.reject(new Error('away'))],
    ['does not answer', () => new Promise<boolean>(() => undefined)],
  ])('is given up before its end when the database %s', async (_how, answer) => {
    open(answer);
    await jest.advanceTimersByTimeAsync(600);
    expect(lease.lost.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(300);
    expect(lease.lost.aborted).toBe(true);
  });

  it('is asked for no more once it is released', async () => {
    open(() => Promise.resolve(true));
    lease.release();
    await jest.advanceTimersByTimeAsync(5_000);
    expect(asked).toEqual([]);
  });
});
