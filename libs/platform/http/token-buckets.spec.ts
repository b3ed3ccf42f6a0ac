import { TokenBuckets } from './token-buckets.js';

const buckets = (remembered = 100) => new TokenBuckets({ size: 3, refillMs: 1_000, remembered });
const takeAll = (of: TokenBuckets, name: string, now: number): void => {
  for (let count = 0; count < 3; count += 1) expect(of.take(name, now)).toBe(0);
};

describe('TokenBuckets', () => {
  it('give a few at once, then one each time some time has passed', () => {
    const of = buckets();
    takeAll(of, 'a', 10_000);
    expect(of.take('a', 10_000)).toBe(1_000);
    expect(of.take('a', 10_400)).toBe(600);
    expect(of.take('a', 11_000)).toBe(0);
    expect(of.take('a', 11_000)).toBe(1_000);
    takeAll(of, 'a', 99_000); // never more than full
    expect(of.take('a', 99_000)).toBe(1_000);
  });

  it('do not charge for what they refuse', () => {
    const of = buckets();
    takeAll(of, 'a', 0);
    for (let count = 0; count < 50; count += 1) of.take('a', 500);
    expect(of.take('a', 1_000)).toBe(0);
  });

  it('know nothing of each other', () => {
    const of = buckets();
    takeAll(of, 'a', 0);
    takeAll(of, 'b', 0);
  });

  it('lock no one out when the clock is set back', () => {
    const of = buckets();
    takeAll(of, 'a', 1_000_000);
    expect(of.take('a', 0)).toBeLessThanOrEqual(1_000);
    expect(of.take('a', 1_000)).toBe(0);
  });

  it('forget who came longest ago when there are too many', () => {
    const of = buckets(2);
    takeAll(of, 'a', 0);
    takeAll(of, 'b', 0);
    expect(of.take('a', 0)).toBe(1_000);
    of.take('c', 0); // b goes
    expect(of.take('a', 0)).toBe(1_000);
    expect(of.take('b', 0)).toBe(0);
  });
});
