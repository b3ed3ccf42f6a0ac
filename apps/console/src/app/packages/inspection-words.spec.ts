import type { InspectionDetailsDto, PackageSignatureDto, RelatedPackageDto } from '#libs/api-client';
import { imageWords, relatedWords, signatureWords, uploadWords } from './inspection-words';

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

describe('the words for a disk image', () => {
  it.each([
    ['APFS', 'lzfse', 'APFS, compressed with LZFSE.'],
    ['HFS+', 'none', 'HFS+, not compressed.'],
    [null, null, 'File system not known.'],
  ] as const)('%s, %s', (fileSystem, packing, words) =>
    expect(imageWords({ packing, file_system: fileSystem, has_licence: false })).toBe(words),
  );
});

describe('the words for another package of the title', () => {
  it.each([
    ['1.2.2', 'older', 'older version 1.2.2 is in Prod'],
    ['1.3', 'newer', 'newer version 1.3 is in Prod'],
    ['1.0-rc', 'unknown', 'version 1.0-rc is in Prod'],
    [null, 'unknown', 'is in Prod'],
  ] as const)('%s, %s', (version, order, words) => expect(relatedWords({ version, order, stage: 'Prod' })).toBe(words));
});

describe('the words after an upload', () => {
  const details = { title: 'Demo App', version: '1.2.3' } as InspectionDetailsDto;
  const other = (filename: string): RelatedPackageDto => ({
    ...{ filename, stage: 'Prod', version: '1.2.2', order: 'older' },
    signing: { signed: false, signer: null, team_id: null },
  });

  it.each([
    ['no inspection', { details: null, related: null }, []],
    ['a title alone', { details: { ...details, version: null }, related: null }, ['Demo App']],
    ['nothing that the file says', { details: { ...details, title: null, version: null }, related: null }, []],
    [
      'another version',
      { details, related: { packages: [other('Demo-1.2.2.pkg')], signer_change: null } },
      ['Demo App 1.2.3', 'Demo-1.2.2.pkg: older version 1.2.2 is in Prod.'],
    ],
  ])('with %s', (_what, inspection, words) => expect(uploadWords(inspection)).toEqual(words));

  it('name three others at most', () => {
    const packages = ['a', 'b', 'c', 'd'].map(other);
    expect(uploadWords({ details, related: { packages, signer_change: null } })).toHaveLength(4);
  });
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
