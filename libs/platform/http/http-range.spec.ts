import fc from 'fast-check';
import { parseRange } from './http-range.js';

const SIZE = 1_000;

describe('parseRange', () => {
  it.each([
    ['bytes=0-499', [[0, 499]]],
    ['bytes=500-', [[500, 999]]],
    ['bytes=-1', [[999, 999]]],
    ['bytes=-2000', [[0, 999]]],
    ['bytes=0-99999', [[0, 999]]],
    ['bytes=999-999', [[999, 999]]],
    ['BYTES=0-0', [[0, 0]]],
    [' bytes=0-0 ', [[0, 0]]],
    [
      'bytes=0-9,20-29, -5',
      [
        [0, 9],
        [20, 29],
        [995, 999],
      ],
    ],
    [
      'bytes=0-9,,20-29,',
      [
        [0, 9],
        [20, 29],
      ],
    ],
    ['bytes=0-9,5000-', [[0, 9]]],
    // Numbers beyond 2^53 are positions beyond the end, like any other.
    ['bytes=4-9007199254740993', [[4, 999]]],
    ['bytes=4-9223372036854775807', [[4, 999]]],
    ['bytes=4-18446744073709551615', [[4, 999]]],
    ['bytes=0-99999999999999999999999999999999', [[0, 999]]],
    ['bytes=-9223372036854775807', [[0, 999]]],
    ['bytes=00000000000000000000000005-00000000000000000000000000009', [[5, 9]]],
    [
      'bytes=0-1,5-99999999999999999999',
      [
        [0, 1],
        [5, 999],
      ],
    ],
    ['bytes=0-9,99999999999999999999-', [[0, 9]]],
  ])('reads %j', (header, ranges) => {
    expect(parseRange(header, SIZE)).toEqual(ranges.map(([start, end]) => ({ start, end })));
  });

  it.each([
    [undefined],
    [''],
    ['bytes='],
    ['bytes=,'],
    ['bytes=-'],
    ['bytes=a-b'],
    ['bytes=5-2'],
    ['bytes=9223372036854775808-9223372036854775807'],
    ['bytes=1-2-3'],
    ['bytes=0x1-2'],
    ['bytes=1.5-2'],
    ['bytes=--1'],
    ['items=0-5'],
    ['bytes 0-5'],
    ['bytes=0-9,x'],
    [`bytes=${'0-0,'.repeat(33)}`],
    ['bytes=0-,0-,0-'],
  ])('sends the whole for %j', (header) => {
    expect(parseRange(header, SIZE)).toBeNull();
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0', 'bytes=1000-,2000-'])('can satisfy nothing of %j', (header) => {
    expect(parseRange(header, SIZE)).toEqual([]);
  });

  it('can satisfy nothing of an empty content', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1']) expect(parseRange(header, 0)).toEqual([]);
  });

  it('never answers a byte that is not there, whatever it is sent', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.tuple(fc.nat(3_000), fc.nat(3_000)).map(([a, b]) => `${a}-${b}`),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.nat(2_000), (parts, size) => {
        const ranges = parseRange(`bytes=${parts.join(',')}`, size);
        for (const { start, end } of ranges ?? []) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThan(size);
        }
        const bytes = (ranges ?? []).reduce((sum, { start, end }) => sum + end - start + 1, 0);
        expect(bytes).toBeLessThanOrEqual(2 * size);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('answers "not satisfiable" to positions beyond 2^53', () => {
  for (const header of ['bytes=9007199254740993-', 'bytes=99999999999999999999-', 'bytes=18446744073709551615-18446744073709551616'])
    expect([header, parseRange(header, SIZE)]).toEqual([header, []]);
});
