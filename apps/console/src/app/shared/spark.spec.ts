import { pointsOf } from './spark';

describe('a small chart', () => {
  it('begins at the right, and grows to the left', () => {
    expect(pointsOf([0], 100, 60)).toBe('120.0,31.0');
    expect(pointsOf([0, 100], 100, 61)).toBe('118.0,31.0 120.0,1.0');
  });

  it('stays inside, whatever comes', () => {
    expect(pointsOf([5, 500], 100, 2)).toBe('0.0,30.7 120.0,1.0');
    expect(pointsOf([0, 0], 0, 2)).toBe('0.0,31.0 120.0,31.0');
  });
});
