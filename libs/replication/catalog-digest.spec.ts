import fc from 'fast-check';
import { agreement, bucketOf, CatalogDigest, SPACE_BUCKETS, spaceOfBucket, type DigestedEntry, isDigest } from './catalog-digest.js';
import { stages } from './stage.js';

const anEntry = (changes: Partial<DigestedEntry> = {}): DigestedEntry => ({
  id: 1,
  filenameKey: 'nomad.pkg',
  uuid: '1'.repeat(32),
  stampWallMs: 1_700_000_000_000,
  stampCounter: 0,
  stampIss: 'a'.repeat(32),
  deleted: false,
  stage: 'Prod',
  space: '',
  contentStamp: 'c',
  stageStamp: 's',
  notesStamp: 'n',
  deletionStamp: null,
  ...changes,
});

/** Entries of a small catalog: names that meet, so that later ones replace earlier ones. */
const writes = fc.array(
  fc.record({
    name: fc.integer({ min: 0, max: 40 }),
    stampWallMs: fc.integer({ min: 1, max: 1_000 }),
    stampCounter: fc.integer({ min: 0, max: 3 }),
    deleted: fc.boolean(),
    stage: fc.constantFrom(...stages),
    version: fc.integer({ min: 0, max: 9 }),
  }),
  { maxLength: 120 },
);
type Write = typeof writes extends fc.Arbitrary<infer List> ? (List extends (infer Each)[] ? Each : never) : never;
const entryOf = ({ name, version, ...write }: Write, id: number): DigestedEntry =>
  anEntry({ ...write, id, filenameKey: `app-${name}.pkg`, uuid: String(version).repeat(32) });

const digestOf = (entries: readonly DigestedEntry[]): CatalogDigest => {
  const digest = new CatalogDigest();
  entries.forEach((entry) => digest.put(entry));
  return digest;
};

describe('the digest of the Munki repository', () => {
  const file = anEntry({ id: 2, filenameKey: 'munki/pkgs/app.pkg', space: 'munki' });

  it('is apart from that of the share, which servers of the version before compare', () => {
    const without = digestOf([anEntry()]);
    const both = digestOf([anEntry(), file]);
    expect([both.toText(), both.partsText(), both.presentCount]).toEqual([without.toText(), without.partsText(), 1]);
    expect([without.munkiText(), without.munkiCount, both.munkiCount]).toEqual(['', 0, 1]);
    expect(isDigest(both.munkiText())).toBe(true);
    const differing = agreement(both.munkiText(), without.munkiText()).flatMap((same, bucket) => (same ? [] : [bucket + SPACE_BUCKETS]));
    expect(differing).toEqual([bucketOf(file.filenameKey)]);
  });

  it('follows a change of a file, and its rows are found by their part', () => {
    const digest = digestOf([anEntry(), file]);
    const before = digest.munkiText();
    digest.put({ ...file, contentStamp: 'later', deleted: true });
    expect(digest.munkiText()).not.toBe(before);
    expect([digest.munkiCount, digest.idsIn(bucketOf(file.filenameKey))]).toEqual([0, [2]]);
    expect([spaceOfBucket(bucketOf(file.filenameKey)), spaceOfBucket(bucketOf('nomad.pkg'))]).toEqual(['munki', '']);
    digest.put(file);
    expect(digest.munkiText()).toBe(before);
  });
});

describe('a digest of a catalog', () => {
  it('is the same for the same catalog, whatever was there before, in whatever order it came and whatever ids the rows have', () => {
    fc.assert(
      fc.property(writes, (list) => {
        const last = new Map(list.map((write) => [write.name, write]));
        const straight = digestOf([...last.values()].map((write, index) => entryOf(write, 5_000 + index * 3)));
        const withHistory = digestOf(list.map((write) => entryOf(write, write.name)));
        expect(withHistory.toText()).toBe(straight.toText());
        expect(withHistory.presentCount).toBe(straight.presentCount);
        expect(withHistory.presentCount).toBe([...last.values()].filter(({ deleted }) => !deleted).length);
      }),
    );
  });

  it('differs in exactly the part of the entry that differs, whatever differs', () => {
    const before = anEntry();
    const changes: Partial<DigestedEntry>[] = [
      { uuid: '2'.repeat(32) },
      { stampWallMs: 1 },
      { stampCounter: 1 },
      { stampIss: 'b'.repeat(32) },
      { deleted: true },
      { stage: 'Test' },
    ];
    const others = Array.from({ length: 500 }, (_, index) => anEntry({ id: index + 2, filenameKey: `other-${index}.pkg` }));
    const ours = digestOf([before, ...others]).toText();
    expect(isDigest(ours)).toBe(true);
    expect(agreement(ours, ours)).toEqual(new Array(SPACE_BUCKETS).fill(true));
    for (const change of changes) {
      const agrees = agreement(ours, digestOf([{ ...before, ...change }, ...others]).toText());
      expect(agrees.map((same, bucket) => (same ? -1 : bucket)).filter((bucket) => bucket >= 0)).toEqual([bucketOf('nomad.pkg')]);
    }
  });

  it('of the parts differs when any part was written anew, and for nothing else', () => {
    const before = anEntry();
    const others = Array.from({ length: 50 }, (_, index) => anEntry({ id: index + 2, filenameKey: `other-${index}.pkg` }));
    const ours = digestOf([before, ...others]).partsText();
    expect(isDigest(ours)).toBe(true);
    for (const change of [{ contentStamp: 'x' }, { stageStamp: 'x' }, { notesStamp: 'x' }, { deletionStamp: 'x' }, { space: 'x' }]) {
      const agrees = agreement(ours, digestOf([{ ...before, ...change }, ...others]).partsText());
      expect(agrees.map((same, bucket) => (same ? -1 : bucket)).filter((bucket) => bucket >= 0)).toEqual([bucketOf('nomad.pkg')]);
      expect(digestOf([{ ...before, ...change }, ...others]).toText()).toBe(digestOf([before, ...others]).toText());
    }
    expect(digestOf([{ ...before, stampWallMs: 7, uuid: '3'.repeat(32) }, ...others]).partsText()).toBe(ours);
  });

  it('lists its rows with what is needed to see which are open', () => {
    const rows = [anEntry({ id: 3 }), anEntry({ id: 70_000, filenameKey: 'b.dmg', deleted: true, stage: 'Dev' })];
    expect([...digestOf(rows).rows()]).toEqual([
      { id: 3, bucket: bucketOf('nomad.pkg'), deleted: false, stage: 'Prod' },
      { id: 70_000, bucket: bucketOf('b.dmg'), deleted: true, stage: 'Dev' },
    ]);
  });

  it('is refused in any other form', () => {
    const text = new CatalogDigest().toText();
    for (const wrong of [text.slice(4), `${text}AAAA`, `=${text.slice(1)}`, 'x', '', null, 7]) expect(isDigest(wrong)).toBe(false);
  });
});
