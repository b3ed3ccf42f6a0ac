import { isDict, type PlistValue, Real } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { execFileSync } from 'node:child_process';
import { promoted, promotedCatalogs } from './promoted.js';

const toProduction = { from: 'testing', to: 'production', keepsFrom: false };
/** Made by Python: what is written here is XML. */
function binaryPlist(values: Record<string, unknown>): Buffer {
  const script = 'import json,plistlib,sys;sys.stdout.buffer.write(plistlib.dumps(json.load(sys.stdin),fmt=plistlib.FMT_BINARY))';
  return execFileSync('python3', ['-c', script], { input: JSON.stringify(values), maxBuffer: 2 ** 24 });
}

const limits = { bytes: 2 ** 20, values: 1_000 };

describe('the catalogs of an item after a promotion', () => {
  it.each([
    [['testing'], false, ['production']],
    [['testing'], true, ['testing', 'production']],
    [['dev', 'testing', 'late'], false, ['dev', 'production', 'late']],
    [['production', 'testing'], false, ['production']],
    [['production', 'testing'], true, null],
    [['Testing'], false, null],
    [[], false, null],
    [['testing', 'testing'], false, ['production', 'production']],
  ])('%j, keeping the first: %s', (before, keepsFrom, after) => {
    expect(promotedCatalogs(before, { ...toProduction, keepsFrom })).toEqual(after);
  });
});

describe('a pkginfo file after a promotion', () => {
  const item = new Map<string, PlistValue>([
    ['version', '1.0'],
    ['name', 'Demo'],
    ['catalogs', ['testing']],
    ['postinstall_script', '#!/bin/sh\necho "a < b && c"\n'],
    ['force_install_after_date', new Date('2026-12-24T12:00:00Z')],
    ['installer_item_size', 77],
    ['factor', new Real(1)],
    ['icon', Buffer.from('bytes')],
    [
      'items',
      [
        new Map<string, PlistValue>([
          ['b', true],
          ['a', false],
        ]),
      ],
    ],
  ]);
  const bytes = writePlist(item, { sortKeys: false });

  it('differs in its catalogs alone', () => {
    const outcome = promoted(bytes, toProduction);
    if ('reason' in outcome) throw new Error(outcome.reason);
    const before = bytes.toString().split('\n');
    const after = outcome.content.toString().split('\n');
    expect(after.filter((line, index) => line !== before[index])).toEqual(['\t\t<string>production</string>']);
    expect(outcome.catalogs).toEqual(['production']);
    const read = readPlist(outcome.content, limits);
    expect(isDict(read) && [...read.keys()]).toEqual([...item.keys()]);
  });

  it.each([
    [Buffer.from('no property list'), /no property list/],
    [writePlist(['a list']), /no property list with a dictionary/],
    [writePlist(new Map([['name', 'Demo']])), /not in the catalog testing/],
    [writePlist(new Map([['catalogs', 'testing']])), /no list of texts/],
    [writePlist(new Map([['catalogs', [1]]])), /no list of texts/],
    [writePlist(new Map([['catalogs', ['testing', 'production']]])), null],
  ])('is left alone when it cannot be promoted (%#)', (content, reason) => {
    const outcome = promoted(content, toProduction);
    if (reason === null) expect(outcome).toMatchObject({ catalogs: ['production'] });
    else expect(outcome).toEqual({ reason: expect.stringMatching(reason) });
  });

  it.each([
    ['has a text that XML cannot hold', { notes: 'a\u000bb' }, /cannot be written as XML/],
    ['would be too large as XML', { numbers: Array.from({ length: 49_000 }, () => 7) }, /larger than 1 MiB/],
  ])('is left alone when it %s', (_what, more, reason) => {
    expect(promoted(binaryPlist({ name: 'Demo', catalogs: ['testing'], ...more }), toProduction)).toEqual({
      reason: expect.stringMatching(reason),
    });
  });

  it('says when it is in both already', () => {
    const content = writePlist(new Map([['catalogs', ['testing', 'production']]]));
    expect(promoted(content, { ...toProduction, keepsFrom: true })).toEqual({ reason: 'It is in testing and production already.' });
  });
});
