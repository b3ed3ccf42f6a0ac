import fc from 'fast-check';
import { BLOCK_BYTES, blockCount, blockLength, BlockMap } from './blocks.js';
import { FetchPlan } from './fetch-plan.js';

const limits = { rangeBlocks: 4, connectionsPerSource: 1, maxCorruptBlocks: 3, now: () => 0 };
const some = (length: number, ...blocks: number[]): BlockMap => {
  const map = BlockMap.empty(length);
  for (const block of blocks) map.add(block);
  return map;
};

describe('block arithmetic', () => {
  it('covers every byte once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * BLOCK_BYTES }), (size) => {
        const lengths = Array.from({ length: blockCount(size) }, (_, index) => blockLength(size, index));
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(size);
        expect(BlockMap.full(blockCount(size)).bytesOf(size)).toBe(size);
      }),
    );
  });

  it('survives being written down', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99)), (blocks) => {
        const map = some(100, ...blocks);
        const again = BlockMap.from(100, map.toBuffer());
        expect(again.count).toBe(blocks.length);
        for (let block = 0; block < 100; block += 1) expect(again.has(block)).toBe(blocks.includes(block));
      }),
    );
  });

  it('takes a hostile bitmap for what it can be', () => {
    expect(BlockMap.from(10, Buffer.alloc(1_000, 0xff)).count).toBe(10);
    expect(BlockMap.from(10, Buffer.alloc(0)).count).toBe(0);
  });
});

describe('the fetch plan', () => {
  it('gives each block to one source while there are others to give', () => {
    const plan = new FetchPlan(BlockMap.empty(8), limits);
    plan.offer('a', BlockMap.full(8));
    plan.offer('b', BlockMap.full(8));
    expect(plan.take('a')).toEqual({ first: 0, count: 2 });
    expect(plan.take('b')).toEqual({ first: 2, count: 2 });
  });

  it('asks for less at a time as less is left, so that all end together', () => {
    const plan = new FetchPlan(BlockMap.empty(40), { ...limits, rangeBlocks: 16, connectionsPerSource: 2 });
    for (const source of ['a', 'b']) plan.offer(source, BlockMap.full(40));
    const counts: number[] = [];
    for (let turn = 0; counts.reduce((sum, count) => sum + count, 0) < 40; turn += 1) counts.push(plan.take(turn % 2 ? 'a' : 'b')!.count);
    expect(counts).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('lets a fast source take over what a slow one has not delivered yet', () => {
    const plan = new FetchPlan(BlockMap.empty(4), { ...limits, rangeBlocks: 4 });
    plan.offer('slow', BlockMap.full(4));
    for (let range = plan.take('slow'); range; range = plan.take('slow')) continue;
    plan.offer('fast', BlockMap.full(4));
    expect(plan.take('fast')).toEqual({ first: 2, count: 2 });
    expect(plan.take('fast')).toEqual({ first: 1, count: 1 });
    expect(plan.take('fast')).toEqual({ first: 0, count: 1 });
    expect(plan.take('fast')).toBeNull();
    expect([0, 1, 2, 3].map((block) => plan.arrived('fast', block))).toEqual([true, true, true, true]);
    expect(plan.arrived('slow', 0)).toBe(false);
    expect(plan.isComplete).toBe(true);
  });

  it('never asks a source for what it does not have, nor for what is here', () => {
    const plan = new FetchPlan(some(6, 1), limits);
    plan.offer('a', some(6, 0, 1, 2, 5));
    expect(plan.take('a')).toEqual({ first: 0, count: 1 });
    expect(plan.take('a')).toEqual({ first: 2, count: 1 });
    expect(plan.take('a')).toEqual({ first: 5, count: 1 });
    expect(plan.take('a')).toBeNull();
    plan.offer('a', BlockMap.full(6));
    expect(plan.take('a')).toEqual({ first: 3, count: 1 });
  });

  it('asks another source for what failed, and drops a source that keeps lying', () => {
    const plan = new FetchPlan(BlockMap.empty(1), limits);
    plan.offer('liar', BlockMap.full(1));
    for (const isDropped of [false, false, true]) {
      expect(plan.take('liar')).toEqual({ first: 0, count: 1 });
      expect(plan.markCorrupt('liar', 0)).toBe(isDropped);
    }
    expect(plan.knows('liar')).toBe(false);
    expect(plan.take('liar')).toBeNull();
    plan.offer('honest', BlockMap.full(1));
    expect(plan.take('honest')).toEqual({ first: 0, count: 1 });
  });

  it('comes to an end with any mix of sources, failures and corruptBlocks, as long as one honest source stays', () => {
    const step = fc.record({ source: fc.nat(2), fate: fc.constantFrom('good', 'good', 'fail', 'lie') });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(step, { maxLength: 60 }), (length, steps) => {
        const plan = new FetchPlan(BlockMap.empty(length), limits);
        for (const source of ['0', '1', '2', 'honest']) plan.offer(source, BlockMap.full(length));
        for (const { source, fate } of steps) {
          const range = plan.take(String(source));
          if (!range) continue;
          for (let block = range.first; block < range.first + range.count; block += 1) {
            if (fate === 'good') plan.arrived(String(source), block);
            if (fate === 'lie') plan.markCorrupt(String(source), block);
          }
          plan.failed(String(source), range);
        }
        for (let range = plan.take('honest'); range; range = plan.take('honest')) {
          for (let block = range.first; block < range.first + range.count; block += 1) plan.arrived('honest', block);
        }
        expect(plan.isComplete).toBe(true);
      }),
    );
  });
});
