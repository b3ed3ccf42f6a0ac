import type { PackageRecord } from '../client/package-record.js';
import type { ContentHashes } from '../digests/content-hashes.js';
import { type KnownRecord, planRecord, type PlanInput } from './plan-record.js';

const hashes: ContentHashes = { sha256: '2'.repeat(64), md5: 'd'.repeat(32), sha512: '5'.repeat(128), sha3512: null };
const seeds = { packageName: 'App', categoryId: '-1', priority: 10, info: '' };
const right = { hashType: 'SHA_512', hashValue: hashes.sha512! };
const record = (more: object = {}): PackageRecord => ({ id: '7', fileName: 'app.pkg', ...seeds, ...right, ...more }) as PackageRecord;
const known = (more: Partial<KnownRecord> = {}): KnownRecord => ({
  ...{ jamfId: '7', base: record(), wanted: seeds, pinned: [], isHashPinned: false },
  ...more,
});
const input = (more: Partial<PlanInput> = {}): PlanInput => ({
  ...{ filename: 'app.pkg', hashes, waitsFor: null, wanted: { seeds, missingCategory: null }, known: null, found: [] },
  ...({ hashType: 'SHA_512', createMissing: true } as const),
  ...more,
});
const old = { hashType: 'SHA_512', hashValue: 'a'.repeat(128) };

describe('the plan for the record of a package', () => {
  it.each<[string, Partial<PlanInput>, object]>([
    ['there is none: it is made', {}, { state: 'to_create', write: { kind: 'create' } }],
    ['there is none, and none is to be made', { createMissing: false }, { state: 'to_create', write: null }],
    [
      'there is none, and the content is not here',
      { waitsFor: 'Not here.' },
      { state: 'waiting_content', reason: 'Not here.', write: null },
    ],
    ['there is none, and the hash is not known', { hashes: { ...hashes, sha512: null } }, { state: 'waiting_digest', write: null }],
    ['there was one', { known: known() }, { state: 'missing_in_jamf', write: null }],
    ['two have the name', { found: [record(), record({ id: '8' })] }, { state: 'conflict', write: null }],
    ['it is right', { known: known(), found: [record()] }, { state: 'in_step', write: null, isTakenOver: false }],
    ['it is right by another kind of hash', { found: [record({ hashType: 'MD5', hashValue: 'D'.repeat(32) })] }, { state: 'in_step' }],
    ['it is right by its old field', { found: [record({ hashType: null, hashValue: null, md5: 'D'.repeat(32) })] }, { state: 'in_step' }],
    ['it was there before, right', { found: [record({ info: 'theirs' })] }, { state: 'in_step', write: null, isTakenOver: true }],
    ['it was there before, without a hash', { found: [record({ hashValue: '' })] }, { state: 'to_update', isTakenOver: true }],
    ['it was there before, with another hash', { found: [record(old)] }, { state: 'edited_hash', write: null, isTakenOver: false }],
    [
      'it has a hash of a kind that is not computed',
      { found: [record({ hashType: 'SHA3_512' })] },
      { state: 'waiting_digest', write: null },
    ],
    ['it has a hash of an unknown kind', { found: [record({ hashType: 'CRC' })] }, { state: 'edited_hash', write: null }],
    ['the content was replaced', { known: known({ base: record(old) }), found: [record(old)] }, { state: 'to_update' }],
    [
      'the content was replaced, and is not everywhere',
      { known: known({ base: record(old) }), found: [record(old)], waitsFor: '3 of 5.' },
      { state: 'waiting_content', reason: '3 of 5.', write: null },
    ],
    ['another hash was set', { known: known(), found: [record(old)] }, { state: 'edited_hash', write: null }],
    ['another kind of hash was set', { known: known(), found: [record({ ...old, hashType: 'MD5' })] }, { state: 'edited_hash' }],
    ['its hash is kept', { known: known({ isHashPinned: true, base: record(old) }), found: [record(old)] }, { state: 'edited_hash' }],
    ['it is another record than before', { known: known(), found: [record({ id: '9', ...old })] }, { state: 'edited_hash' }],
    ['a field was edited', { known: known(), found: [record({ info: 'x' })] }, { state: 'in_step', pinned: ['info'], write: null }],
  ])('when %s', (_what, more, expected) => expect(planRecord(input(more))).toMatchObject(expected));

  it('follows a changed rule in the fields that were not edited', () => {
    const wanted = { seeds: { ...seeds, priority: 3, info: 'new' }, missingCategory: null };
    const plan = planRecord(input({ known: known(), found: [record({ info: 'theirs' })], wanted }));
    expect(plan).toMatchObject({ state: 'to_update', pinned: ['info'], write: { changed: ['priority'] } });
    expect(plan.write!.fields).toMatchObject({ priority: 3, info: 'theirs' });
  });

  it('sends back every field that it does not know, and none that Jamf Pro keeps for itself', () => {
    const found = [record({ hashValue: '', futureField: [1], size: '5001KB', indexed: true, md5: 'old', sha256: null })];
    const write = planRecord(input({ found, known: known({ base: found[0]! }) })).write;
    expect(write).toMatchObject({ kind: 'update', changed: ['hashType', 'hashValue', 'md5'] });
    expect(write!.fields).toEqual({ fileName: 'app.pkg', ...seeds, ...right, futureField: [1], md5: hashes.md5, sha256: null });
  });
});
