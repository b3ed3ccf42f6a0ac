import { BlockMap } from './blocks.js';

const mapOf = (length: number, ...here: number[]): BlockMap => {
  const map = BlockMap.empty(length);
  for (const index of here) map.add(index);
  return map;
};

describe('the blocks that are here', () => {
  it('are listed as ranges of adjacent blocks', () => {
    expect(mapOf(20, 0, 1, 2, 7, 18, 19).ranges()).toEqual([
      { first: 0, last: 2 },
      { first: 7, last: 7 },
      { first: 18, last: 19 },
    ]);
  });

  it('are no run when there are none, and one when all are here', () => {
    expect([BlockMap.empty(9).ranges(), BlockMap.empty(0).ranges(), BlockMap.full(9).ranges()]).toEqual([[], [], [{ first: 0, last: 8 }]]);
  });
});
