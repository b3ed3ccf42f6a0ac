import { versionOrder } from './version-order.js';

describe('a version beside another', () => {
  it.each([
    ['1.2.2', '1.2.3', 'older'],
    ['1.10', '1.9', 'newer'],
    ['1.2', '1.2.0', 'same'],
    ['2.10-3', '2.10-12', 'older'],
    ['1:1.0', '2.0', 'newer'],
    ['126.0.6478.127', '126.0.6478.127', 'same'],
    ['1.0-rc1', '1.0', 'unknown'],
    ['1.0b', '1.0b', 'same'],
    [`1.${'9'.repeat(90)}`, `1.${'9'.repeat(89)}`, 'newer'],
    [null, '1.0', 'unknown'],
    ['1.0', null, 'unknown'],
  ] as const)('%s beside %s is %s', (version, other, expected) => {
    expect(versionOrder(version, other)).toBe(expected);
  });
});
