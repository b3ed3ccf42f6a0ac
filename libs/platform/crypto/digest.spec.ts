import { newHexId, newSecret, secretsEqual, sha256Hex } from './digest.js';

describe('digest', () => {
  it('hashes text and bytes alike', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256Hex(Buffer.from('abc'))).toBe(sha256Hex('abc'));
  });

  it('makes identifiers and secrets that do not repeat', () => {
    expect(newHexId()).toMatch(/^[0-9a-f]{32}$/);
    expect(newSecret()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newSecret(8)).toHaveLength(11);
    expect(new Set(Array.from({ length: 1_000 }, newHexId)).size).toBe(1_000);
  });

  it('compares secrets of any length', () => {
    expect(secretsEqual('a', 'a')).toBe(true);
    expect(secretsEqual('a', 'b')).toBe(false);
    expect(secretsEqual('a', 'aa')).toBe(false);
    expect(secretsEqual('', '')).toBe(true);
  });
});
