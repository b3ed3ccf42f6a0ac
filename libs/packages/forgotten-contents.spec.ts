import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Content } from '#libs/entities/content.entity.js';
import { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { Transfer, type TransferState } from '#libs/entities/transfer.entity.js';
import type { ContentState } from '#libs/replication/entry-effects.js';
import { TransferRepository } from '#libs/sync/transfers/transfer.repository.js';
import { forEachDatabase } from '../../test/support/databases.js';
import { openPrepared, type PreparedDatabase } from '../../test/support/prepared-database.js';
import { aPackage } from './a-package.testing.js';
import { CatalogClockRepository } from './catalog/catalog-clock.repository.js';
import { ContentRepository } from './content.repository.js';
import { ForgottenContents } from './forgotten-contents.js';
import { PackageVersionRepository } from './package-version.repository.js';
import { PackageRepository } from './package.repository.js';

const hex = (number: number): string => number.toString(16).padStart(32, '0');
const running = new AbortController().signal;
const DAY = 86_400_000;

const aContent = (uuid: string, state: ContentState): Content => ({
  ...{
    uuid,
    filename: 'x.pkg',
    filenameKey: 'x.pkg',
    size: 1,
    sha1: 'a'.repeat(40),
    sha256: 'a'.repeat(64),
    manifestSha256: 'a'.repeat(64),
  },
  ...{ manifest: null, rootAlg: null, rootHash: null, blocks: null, digestsUnverified: null, refusal: null, state, stage: 'Prod' },
  ...{ createdMs: 1, originIss: 'a'.repeat(32), verifiedMs: null, retireAfterMs: null, keepUntilMs: null, releaseId: null },
});

const aTransfer = (uuid: string, state: TransferState, updatedMs: number): Omit<Transfer, 'id'> => ({
  ...{ uuid, filename: 'x.pkg', size: 1, state, verified: null, verifiedBytes: 0, receivedBytes: 0, attempts: 1, errorCode: null },
  ...{ lastError: null, sourceIss: null, createdMs: 1, startedMs: 1, finishedMs: state === 'done' ? updatedMs : null, updatedMs },
});

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  let contents: ContentRepository;
  let packages: PackageRepository;
  beforeAll(async () => {
    prepared = await openPrepared(database.url);
    const { db } = prepared;
    contents = new ContentRepository(db);
    packages = new PackageRepository(db);
    await db.manager.insert(CatalogClock, { id: 1, epoch: 'a'.repeat(32), seq: 0, durableSeq: 0, wallMs: 0, counter: 0 });
  });
  beforeEach(async () => {
    for (const entity of [Package, Content, PackageVersion, Transfer]) await prepared.db.manager.clear(entity);
  });
  afterAll(() => prepared.close());

  const forgotten = (): ForgottenContents => {
    const { db } = prepared;
    return new ForgottenContents(db, new CatalogClockRepository(db), contents, packages, new PackageVersionRepository(db));
  };
  const known = async (): Promise<string[]> => (await contents.findAfter('', 10_000)).map(({ uuid }) => uuid);
  const aVersion = (uuid: string): Omit<PackageVersion, 'id'> => ({
    ...{ filenameKey: 'x.pkg', uuid, stamp: `stamp of ${uuid}`, reason: 'replaced', write: '[]', sinceMs: 1 },
  });

  it('forgets contents that are not here and that nothing names, and no other one', async () => {
    const [wanted, deleted, listed, superseded, loose] = [1, 2, 3, 4, 5].map(hex) as [string, string, string, string, string];
    for (const uuid of [wanted, deleted, listed, loose]) await contents.insert(aContent(uuid, 'absent'));
    await contents.insert(aContent(superseded, 'superseded'));
    await packages.insert(aPackage({ uuid: wanted, status: 'Waiting', servedUuid: superseded }));
    await packages.insert(aPackage({ uuid: deleted, status: 'Deleted', deleted: true, servedUuid: null }));
    await new PackageVersionRepository(prepared.db).insertMany([aVersion(listed)]);
    await forgotten().remove(running);
    expect(await known()).toEqual([wanted, listed, superseded]);
  });

  it('forgets more of them than it looks at in one step, wherever those that stay lie between', async () => {
    const uuids = Array.from({ length: 1_203 }, (_, index) => hex(index + 1));
    await contents.insertMany(uuids.map((uuid) => aContent(uuid, 'absent')));
    const kept = [uuids[0]!, uuids[499]!, uuids[500]!, uuids[1_202]!];
    for (const uuid of kept) await packages.insert(aPackage({ uuid, status: 'Withdrawn', servedUuid: null }));
    await forgotten().remove(running);
    expect(await known()).toEqual(kept);
  });

  it('forgets transfers that ended long ago, and those of contents that no package has any more', async () => {
    const now = Date.now();
    const [old, young] = [now - 8 * DAY, now - 6 * DAY];
    const [wanted, gone, tombstone] = [1, 2, 3].map(hex) as [string, string, string];
    await packages.insert(aPackage({ uuid: wanted, status: 'Waiting', servedUuid: null }));
    await packages.insert(aPackage({ uuid: tombstone, status: 'Deleted', deleted: true, servedUuid: null }));
    const rows = [
      aTransfer(wanted, 'cancelled', old), // an administrator does not want it fetched, for as long as it exists
      aTransfer(gone, 'cancelled', old),
      aTransfer(tombstone, 'failed', old),
      aTransfer(hex(4), 'waiting', young),
      aTransfer(hex(5), 'active', old),
      aTransfer(hex(6), 'done', old),
      aTransfer(hex(7), 'done', young),
    ];
    await prepared.db.manager.insert(Transfer, rows);
    await new TransferRepository(prepared.db).removeOld(now - 7 * DAY);
    const left = await prepared.db.manager.find(Transfer, { order: { uuid: 'ASC' } });
    expect(left.map(({ uuid }) => uuid)).toEqual([wanted, 4, 5, 7].map((each) => (typeof each === 'string' ? each : hex(each))));
  });
});
