import { Content } from '#libs/entities/content.entity.js';
import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { forEachDatabase } from '../../../test/support/databases.js';
import { openPrepared, type PreparedDatabase } from '../../../test/support/prepared-database.js';
import { aPackage } from '../a-package.testing.js';
import { ContentRepository } from '../content.repository.js';
import { PackageRepository, type PackageRow } from '../package.repository.js';
import { aMetadata } from './a-metadata.testing.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';
import { RelatedPackages } from './related-packages.js';

const ours = 'ABCDE12345';
const theirs = 'ZZZZZ12345';

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  let related: RelatedPackages;
  beforeAll(async () => {
    prepared = await openPrepared(database.url);
    const { db } = prepared;
    related = new RelatedPackages(new PackageMetadataRepository(db), new ContentRepository(db), new PackageRepository(db));
  });
  beforeEach(async () => {
    for (const entity of [Package, Content, PackageMetadata]) await prepared.db.manager.clear(entity);
  });
  afterAll(() => prepared.close());

  /** A content that was read; in force unless `isReplaced`. */
  const add = async (
    entry: Partial<PackageRow>,
    read: Partial<PackageMetadata> = {},
    isReplaced = false,
  ): Promise<{ row: Package; metadata: PackageMetadata }> => {
    const row = aPackage(entry);
    const { uuid, filename, filenameKey, size, sha1, sha256, manifestSha256, stage, createdMs, originIss } = row;
    const metadata = aMetadata({ uuid, ...read });
    await prepared.db.manager.insert(Content, {
      ...{ uuid, filename, filenameKey, size, sha1, sha256, manifestSha256, stage, createdMs, originIss },
      ...{ manifest: null, state: isReplaced ? 'superseded' : 'held', rootAlg: null, rootHash: null, blocks: null },
    });
    await prepared.db.manager.insert(PackageMetadata, metadata);
    if (!isReplaced) await prepared.db.manager.insert(Package, row);
    return { row: { ...row, id: 1 }, metadata };
  };
  const changeOf = async ({ row, metadata }: { row: Package; metadata: PackageMetadata }) =>
    (await related.of(row, metadata)).signerChange?.before.filename ?? null;

  it('orders what is in force by its version, and leaves other kinds and titles out', async () => {
    await add({ filename: 'Demo-1.1.pkg', createdMs: 10 }, { version: '1.1', kind: 'component_package' });
    await add({ filename: 'Demo-1.3.pkg', createdMs: 30, stage: 'Test' }, { version: '1.3' });
    await add({ filename: 'Demo-1.0.pkg', createdMs: 5 }, { version: '1.0' }, true);
    await add({ filename: 'demo.deb' }, { kind: 'deb' });
    await add({ filename: 'Other.pkg' }, { titleKey: 'com.example.other' });
    const mine = await add({ filename: 'Demo-1.2.pkg', createdMs: 20 }, { version: '1.2' });
    const { packages } = await related.of(mine.row, mine.metadata);
    expect(packages.map(({ filename, order, stage }) => [filename, order, stage])).toEqual([
      ['Demo-1.3.pkg', 'newer', 'Test'],
      ['Demo-1.1.pkg', 'older', 'Prod'],
    ]);
  });

  it('compares the signer with the newest earlier package in Prod, and with nothing later', async () => {
    await add({ filename: 'old.pkg', createdMs: 10 }, { teamId: theirs });
    await add({ filename: 'prod.pkg', createdMs: 20 }, { teamId: ours });
    await add({ filename: 'test.pkg', createdMs: 30, stage: 'Test' }, { teamId: theirs });
    await add({ filename: 'later.pkg', createdMs: 90 }, { teamId: theirs });
    expect(await changeOf(await add({ filename: 'same.pkg', createdMs: 40 }, { teamId: ours }))).toBeNull();
    expect(await changeOf(await add({ filename: 'other.pkg', createdMs: 50, stage: 'Test' }, { teamId: theirs }))).toBe('same.pkg');
  });

  it('compares with every earlier one where none is in Prod: two uploads of another signer do not hide the first', async () => {
    await add({ filename: 'Demo.pkg', createdMs: 10 }, { teamId: ours }, true);
    await add({ filename: 'Demo.pkg', createdMs: 20 }, { teamId: theirs }, true);
    const now = await add({ filename: 'Demo.pkg', createdMs: 30, stage: 'Test' }, { teamId: theirs });
    const { packages, signerChange } = await related.of(now.row, now.metadata);
    expect([packages, signerChange?.before.stage, signerChange?.before.createdMs]).toEqual([[], null, 10]);
    expect(signerChange?.sentence).toContain('Demo.pkg (not in force any more) is signed by');
  });

  it('says nothing of a content that could not be read', async () => {
    await add({ createdMs: 10 });
    const { row, metadata } = await add({ createdMs: 20 }, { state: 'damaged', kind: null });
    expect(await related.of(row, metadata)).toEqual({ packages: [], signerChange: null });
  });
});
