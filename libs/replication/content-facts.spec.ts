import { type ContentFacts, contradictionIn } from './content-facts.js';

const facts: ContentFacts = {
  filenameKey: 'nomad.pkg',
  size: 3,
  sha1: 'a'.repeat(40),
  sha256: 'b'.repeat(64),
  manifestSha256: 'c'.repeat(64),
};

describe('what a uuid stands for', () => {
  it('is the same content of the same name', () => {
    expect(contradictionIn({ ...facts }, facts)).toBeNull();
  });

  it.each([
    ['filename', { filenameKey: 'other.pkg' }],
    ['size', { size: 4 }],
    ['sha1', { sha1: 'd'.repeat(40) }],
    ['sha256', { sha256: 'd'.repeat(64) }],
    ['manifest_sha256', { manifestSha256: 'd'.repeat(64) }],
  ])('is contradicted by another %s', (field, other) => {
    expect(contradictionIn({ ...facts, ...other }, facts)).toBe(field);
    expect(contradictionIn(facts, { ...facts, ...other })).toBe(field);
  });

  it('is not contradicted by a hash that the author has not computed', () => {
    expect(contradictionIn({ ...facts, sha256: null, manifestSha256: null }, facts)).toBeNull();
    expect(contradictionIn(facts, { ...facts, sha256: null })).toBeNull();
  });
});
