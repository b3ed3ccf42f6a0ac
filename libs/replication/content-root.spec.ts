import { createHash } from 'node:crypto';
import { blockDigest, blake3Module, rootAlgorithms } from '#libs/platform/crypto/block-digest.js';
import { isListOf, rootHash, rootOf } from './content-root.js';

const noBlocks = Buffer.alloc(0);

describe('hashes of blocks', () => {
  // The empty input of the BLAKE3 test vectors, and its 1,025 byte one (bytes 0 to 250 over and over).
  it.each([
    [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
    [1_025, 'd00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444'],
  ])('are BLAKE3 of %s bytes', (length, expected) => {
    const data = Uint8Array.from({ length }, (_, index) => index % 251);
    expect(blake3Module.isNative).toBe(true);
    expect(blockDigest('blake3', data).toString('hex')).toBe(expected);
  });

  it('see a part of a larger buffer only', () => {
    const data = Buffer.from('..part..');
    for (const algorithm of rootAlgorithms)
      expect(blockDigest(algorithm, data.subarray(2, 6)).equals(blockDigest(algorithm, Buffer.from('part')))).toBe(true);
  });
});

describe('the root hash', () => {
  it('is the hash of a line and the block list', () => {
    const line = (size: number): string => `ods-root-1 sha256 1048576 ${size}\n`;
    const list = createHash('sha256').update('abc').digest();
    expect(rootHash('sha256', 3, list)).toBe(createHash('sha256').update(line(3)).update(list).digest('hex'));
    expect(rootHash('sha256', 0, noBlocks)).toBe(createHash('sha256').update(line(0)).digest('hex'));
    expect(rootHash('blake3', 0, noBlocks)).toBe(blockDigest('blake3', Buffer.from('ods-root-1 blake3 1048576 0\n')).toString('hex'));
  });

  it.each(rootAlgorithms)('of %s belongs to one size, one algorithm and one list', (algorithm) => {
    const list = Buffer.concat([blockDigest(algorithm, Buffer.from('a')), blockDigest(algorithm, Buffer.from('b'))]);
    const size = 1_048_577;
    const root = rootOf(algorithm, size, list);
    expect(isListOf(root, size, list)).toBe(true);
    expect(isListOf(root, size + 1, list)).toBe(false);
    expect(isListOf(root, size, list.subarray(0, 32))).toBe(false);
    expect(isListOf(root, size, Buffer.concat([list, list]))).toBe(false);
    expect(isListOf({ ...root, algorithm: algorithm === 'blake3' ? 'sha256' : 'blake3' }, size, list)).toBe(false);
    const other = Buffer.from(list);
    other[40]! ^= 1;
    expect(isListOf(root, size, other)).toBe(false);
  });
});
