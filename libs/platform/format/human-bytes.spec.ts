import { humanBytes } from './human-bytes.js';

describe('humanBytes', () => {
  it.each([
    [60352081920, '56.2 GB'],
    [67371577344, '62.7 GB'],
    [3566796800, '3.3 GB'],
    [936255488, '892.9 MB'],
    [1567678464, '1.5 GB'],
    [444342272, '423.8 MB'],
    [54346, '53.1 KB'],
    [45694, '44.6 KB'],
    [3438044, '3.3 MB'],
  ])('writes %d as the reference documents do: %s', (bytes, text) => {
    expect(humanBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KB'],
    [1_048_575, '1.0 MB'],
    [Number.MAX_SAFE_INTEGER, '8.0 PB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(humanBytes(bytes)).toBe(text);
  });
});
