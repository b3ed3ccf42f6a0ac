import { pointsOf } from './spark';

describe('a small chart', () => {
  it('begins at the right, and grows to the left', () => {
    expect(pointsOf([0, 0, 0, 100], 100, 61)).toBe('114.0,31.0 116.0,31.0 118.0,31.0 120.0,1.0');
  });

  it('is not drawn before there is a line to see', () => {
    expect(pointsOf([5, 5, 5], 100, 60)).toBe('');
  });

  it('stays inside, whatever comes', () => {
    expect(pointsOf([5, 5, 5, 500], 100, 4)).toBe('0.0,30.7 40.0,30.7 80.0,30.7 120.0,1.0');
    expect(pointsOf([0, 0, 0, 0], 0, 4)).toBe('0.0,31.0 40.0,31.0 80.0,31.0 120.0,31.0');
  });
});
