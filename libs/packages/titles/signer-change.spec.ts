import { describeSigning, isSameSigner, isSigned, type Signing } from './signer-change.js';

const apple: Signing = {
  signature: 'valid',
  signer: 'Developer ID Installer: Example (ABCDE12345)',
  teamId: 'ABCDE12345',
  anchor: 'apple',
};
const selfMade: Signing = { ...apple, anchor: 'a'.repeat(64) };
const present: Signing = { signature: 'present', signer: 'Example Ltd', teamId: null, anchor: null };
const unsigned: Signing = { signature: 'unsigned', signer: null, teamId: null, anchor: null };
const broken: Signing = { ...unsigned, signature: 'broken' };

describe('the same signer', () => {
  it.each<[string, Signing, Signing, boolean]>([
    ['a renewed certificate of the same team', apple, { ...apple, signer: 'Developer ID Installer: Example Inc (ABCDE12345)' }, true],
    ['another team', apple, { ...apple, teamId: 'ZZZZZ12345' }, false],
    ['the same names in a chain made by anyone', apple, selfMade, false],
    ['another chain made by anyone', selfMade, { ...selfMade, anchor: 'b'.repeat(64) }, false],
    ['the same chain made by anyone', selfMade, selfMade, true],
    ['none any more', apple, unsigned, false],
    ['a signature that does not match', apple, broken, false],
    ['one now and none before', unsigned, apple, false],
    ['none before and none now', unsigned, broken, true],
    ['a signature that is no longer verified', apple, { ...apple, signature: 'incomplete', anchor: null }, false],
    ['the same name, not verified', present, present, true],
    ['another name, not verified', present, { ...present, signer: 'Other Ltd' }, false],
  ])('%s: %#', (_what, before, now, expected) => {
    expect(isSameSigner(before, now)).toBe(expected);
    expect(isSameSigner(now, before)).toBe(expected);
  });

  it('is described with what is known of it, and no more', () => {
    expect([apple, selfMade, present, unsigned, broken, { ...unsigned, signature: null }].map(describeSigning)).toEqual([
      'signed by Developer ID Installer: Example (ABCDE12345), certified by Apple',
      'signed by Developer ID Installer: Example (ABCDE12345), not certified by Apple',
      'signed by Example Ltd, not verified here',
      'not signed',
      'with a signature that does not match the file',
      'of a signer that is not known',
    ]);
    expect(describeSigning({ ...present, teamId: 'ABCDE12345' })).toBe('signed by Example Ltd (ABCDE12345), not verified here');
    expect([apple, present, unsigned, broken, { signature: null }].map(isSigned)).toEqual([true, true, false, false, null]);
  });
});
