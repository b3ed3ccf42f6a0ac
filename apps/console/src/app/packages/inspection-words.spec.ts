import type { PackageSignatureDto } from '#libs/api-client';
import { relatedWords, signatureWords } from './inspection-words';

const signature = (more: Partial<PackageSignatureDto>): PackageSignatureDto => ({
  ...{
    state: 'valid',
    common_name: 'Developer ID Installer: Example',
    team_id: 'ABCDE12345',
    not_after: null,
    chain: [],
    apple_anchor: true,
  },
  ...more,
});

describe('the words for another package of the title', () => {
  it.each([
    ['1.2.2', 'older', 'older version 1.2.2 is in Prod'],
    ['1.3', 'newer', 'newer version 1.3 is in Prod'],
    ['1.0-rc', 'unknown', 'version 1.0-rc is in Prod'],
    [null, 'unknown', 'is in Prod'],
  ] as const)('%s, %s', (version, order, words) => expect(relatedWords({ version, order, stage: 'Prod' })).toBe(words));
});

describe('the words for a signature', () => {
  it.each([
    [{}, 'good', 'Signed by Developer ID Installer: Example, certified by Apple'],
    [{ apple_anchor: false }, 'warn', 'Signed by Developer ID Installer: Example, not certified by Apple'],
    [{ state: 'incomplete' }, 'warn', 'Signed by Developer ID Installer: Example, with a chain of certificates that is not complete'],
    [{ state: 'broken' }, 'bad', 'The signature does not match the file'],
    [{ state: 'unsigned', common_name: null }, 'plain', 'Not signed'],
    [{ state: 'present' }, 'plain', 'Signed by Developer ID Installer: Example; not verified here'],
    [{ state: 'present', common_name: null }, 'plain', 'Signed; not verified here'],
  ] as const)('of %j', (more, tone, text) => expect(signatureWords(signature(more))).toEqual({ tone, text }));
});
