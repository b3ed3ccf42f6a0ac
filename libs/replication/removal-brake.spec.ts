import { isMassRemoval } from './removal-brake.js';

const policy = { packages: 10, percent: 20 };

describe('a mass removal', () => {
  it.each([
    [9, 9, false], // all of a small catalog
    [10, 10, true],
    [10, 49, true],
    [10, 50, false], // exactly the share
    [11, 50, true],
    [2_000, 10_000, false],
    [2_001, 10_000, true],
  ])('%d of %d: %s', (removals, packages, expected) => {
    expect(isMassRemoval(policy, { removals, packages })).toBe(expected);
  });

  it('is none when the brake is off', () => {
    expect(isMassRemoval({ packages: 10, percent: 100 }, { removals: 50, packages: 50 })).toBe(false);
  });
});
