import { fillOf } from './chunk-map';

describe('the map of the blocks', () => {
  it('has a cell for each block of a small package', () => {
    const ranges = [
      { first: 0, last: 1 },
      { first: 4, last: 4 },
    ];
    expect(fillOf(6, ranges)).toEqual([1, 1, 0, 0, 1, 0]);
  });

  it('has no more than 512 cells, whatever the size, and each says how much of it is here', () => {
    const cells = fillOf(1_025, [{ first: 1, last: 1_024 }]);
    expect(cells).toHaveLength(Math.ceil(1_025 / 3));
    expect(cells[0]).toBeCloseTo(2 / 3);
    expect(cells.slice(1).every((fill) => fill === 1)).toBe(true);
    expect(fillOf(800_000, []).length).toBeLessThanOrEqual(512);
  });

  it('is empty for nothing', () => {
    expect(fillOf(0, [])).toEqual([]);
  });
});
