import { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { Package, packageStatuses } from '#libs/entities/package.entity.js';
import { stages } from '#libs/replication/stage.js';
import { forEachDatabase } from '../../test/support/databases.js';
import { openPrepared, type PreparedDatabase } from '../../test/support/prepared-database.js';
import { aPackage } from './a-package.testing.js';
import { filenameKey } from './filename.js';
import { PackageListRepository, sortColumns, type PackageFilter, type PackageOrder, type SortField } from './package-list.repository.js';
import { PackageRepository, type PackageRow } from './package.repository.js';
import { aMetadata } from './titles/a-metadata.testing.js';
import { PackageMetadataRepository } from './titles/package-metadata.repository.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

const fields = Object.keys(sortColumns) as SortField[];
const byName: PackageOrder = { field: 'filename', isDescending: false };

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  let lists: PackageListRepository;
  let packages: PackageRepository;
  beforeAll(async () => {
    prepared = await openPrepared(database.url);
    lists = new PackageListRepository(prepared.db);
    packages = new PackageRepository(prepared.db);
  });
  beforeEach(async () => {
    await prepared.db.manager.clear(Package);
    await prepared.db.manager.clear(PackageMetadata);
  });
  afterAll(() => prepared.close());

  const insert = async (rows: readonly PackageRow[]): Promise<void> => {
    for (const row of rows) await packages.insert(row);
  };
  const names = async (filter: PackageFilter, order = byName): Promise<string[]> =>
    (await lists.find(filter, order, null, 1_000)).map(({ filename }) => filename);

  /** Reads page after page as a client does, through the cursor; `between` is what happens meanwhile. */
  async function pages(order: PackageOrder, limit: number, between: () => Promise<void> = async () => undefined): Promise<Package[]> {
    const all: Package[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await lists.find({}, order, cursor === null ? null : decodeCursor(cursor, order), limit);
      all.push(...page);
      const last = page.at(-1);
      if (!last || page.length < limit) return all;
      cursor = encodeCursor(order, { value: last[sortColumns[order.field]], id: last.id });
      await between();
    }
  }

  it('sorts by each field in both directions, with every row on exactly one page', async () => {
    const rows = Array.from({ length: 23 }, (_, index) =>
      aPackage({
        size: (index * 7) % 5,
        createdMs: 1_000 + ((index * 3) % 4),
        updatedMs: 2_000 + ((index * 5) % 6),
        stage: stages[index % 3]!,
        status: packageStatuses[index % 6]!,
      }),
    );
    await insert(rows);
    for (const field of fields) {
      for (const isDescending of [false, true]) {
        const found = await pages({ field, isDescending }, 4);
        const values = found.map((row) => row[sortColumns[field]]);
        const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        expect([field, isDescending, values]).toEqual([field, isDescending, isDescending ? sorted.reverse() : sorted]);
        expect(new Set(found.map(({ id }) => id)).size).toBe(rows.length);
      }
    }
  });

  it('shows no row twice and misses none that was there from the start, while others come and go', async () => {
    const rows = Array.from({ length: 30 }, (_, index) =>
      aPackage({ filename: `m-${String(index).padStart(2, '0')}.pkg`, size: index % 3 }),
    );
    await insert(rows);
    for (const field of ['filename', 'size', 'created'] as const) {
      let round = 0;
      const found = await pages({ field, isDescending: false }, 7, async () => {
        round += 1;
        await insert([
          aPackage({ filename: `a-${field}-${round}.pkg`, size: 0 }),
          aPackage({ filename: `z-${field}-${round}.pkg`, size: 2 }),
        ]);
      });
      const seen = found.map(({ filename }) => filename);
      expect(new Set(seen).size).toBe(seen.length);
      expect(rows.filter(({ filename }) => !seen.includes(filename))).toEqual([]);
    }
  });

  it('filters by name in any case, stage, status and all of them', async () => {
    await insert([
      aPackage({ filename: 'Büro.pkg', stage: 'Test' }),
      aPackage({ filename: 'Other.pkg', stage: 'Test', status: 'Waiting' }),
      aPackage({ filename: 'Third.pkg' }),
      aPackage({ filename: 'Gone.pkg', deleted: true, status: 'Deleted' }),
    ]);
    expect(await names({})).toEqual(['Büro.pkg', 'Other.pkg', 'Third.pkg']);
    expect(await lists.count({})).toBe(3);
    expect(await names({ filenameKey: filenameKey('BÜRO.PKG') })).toEqual(['Büro.pkg']);
    expect(await names({ stage: 'Test' })).toEqual(['Büro.pkg', 'Other.pkg']);
    expect(await names({ status: 'Waiting' })).toEqual(['Other.pkg']);
    expect(await names({ stage: 'Test', status: 'Public', contains: 'üro' })).toEqual(['Büro.pkg']);
    expect(await lists.count({ stage: 'Test', contains: 'nothing' })).toBe(0);
  });

  it('searches parts of names: signs that mean something to databases mean themselves', async () => {
    const odd = ['100% done.pkg', '100 done.pkg', 'a_b.pkg', 'axb.pkg', "it's!.pkg", 'its.pkg', 'ÜBER [x].pkg'];
    await insert(odd.map((filename) => aPackage({ filename })));
    const found = async (text: string) => (await names({ contains: filenameKey(text) })).sort();
    expect(await found('0%')).toEqual(['100% done.pkg']);
    expect(await found('a_b')).toEqual(['a_b.pkg']);
    expect(await found("'s!")).toEqual(["it's!.pkg"]);
    expect(await found('[X]')).toEqual(['ÜBER [x].pkg']);
    expect(await found('über')).toEqual(['ÜBER [x].pkg']);
    expect(await found('\\')).toEqual([]);
    expect(await found('PKG')).toEqual([...odd].sort());
  });

  it('filters by what was read in contents, and searches titles in any case', async () => {
    const metadata = new PackageMetadataRepository(prepared.db);
    const [demo, broken, tool, text] = ['a.pkg', 'b.pkg', 'c.deb', 'd.txt'].map((filename) => aPackage({ filename })) as PackageRow[];
    await insert([demo!, broken!, tool!, text!, aPackage({ filename: 'not-read.pkg' })]);
    const unsigned = { signature: 'unsigned', signer: null, teamId: null, anchor: null } as const;
    for (const row of [
      aMetadata({ uuid: demo!.uuid, title: 'Über 100% App' }),
      aMetadata({ uuid: broken!.uuid, ...unsigned, signature: 'broken' }),
      aMetadata({ uuid: tool!.uuid, ...unsigned, kind: 'deb', titleKey: 'tool', title: 'tool' }),
      aMetadata({ uuid: text!.uuid, ...unsigned, state: 'unknown_kind', signature: null, titleKey: 'd.txt', title: 'd.txt' }),
    ])
      await metadata.save(row);
    expect(await names({ titleKey: 'com.example.demo' })).toEqual(['a.pkg', 'b.pkg']);
    expect(await names({ titleKey: 'com.example.demo', isSigned: true })).toEqual(['a.pkg']);
    expect(await names({ isSigned: false })).toEqual(['b.pkg', 'c.deb']);
    expect(await names({ teamId: 'ABCDE12345' })).toEqual(['a.pkg']);
    expect(await names({ teamId: 'ZZZZZ12345' })).toEqual([]);
    expect(await names({ contains: filenameKey('ÜBER 100%') })).toEqual(['a.pkg']);
    expect(await names({ contains: filenameKey('%App') })).toEqual([]);
    expect(await names({ contains: 'c.d', stage: 'Prod' })).toEqual(['c.deb']);
    expect(await lists.count({ contains: filenameKey('über') })).toBe(1);
    expect((await metadata.findOfTitle(aMetadata({ uuid: demo!.uuid }), ['product_archive'])).map(({ uuid }) => uuid)).toEqual([
      broken!.uuid,
    ]);
  });

  it('gives the repository what replication asks for', async () => {
    const [waiting, publicly] = [aPackage({ status: 'Quarantined' }), aPackage()];
    await insert([waiting, publicly, aPackage({ deleted: true, status: 'Deleted' })]);
    expect(await packages.findWanted([waiting.uuid, publicly.uuid])).toEqual([waiting.uuid]);
    expect((await packages.findChangedAfter(waiting.seq, 10)).map(({ seq }) => seq)).toEqual([publicly.seq, publicly.seq + 1]);
    expect((await packages.findPresentAfter(0, 10)).map(({ uuid }) => uuid)).toEqual([waiting.uuid, publicly.uuid]);
    expect(await packages.setStatus(waiting.uuid, 'Downloading', 5)).toBe(true);
    expect(await packages.setStatus('f'.repeat(32), 'Downloading', 5)).toBe(false);
  });

  if (database.kind === 'sqlite') {
    it('lists, filters, searches and pages fifty thousand packages', async () => {
      await prepared.db.transaction(async () => {
        for (let at = 0; at < 50_000; at += 500) {
          const rows = Array.from({ length: 500 }, (_, index) =>
            aPackage({ stage: stages[index % 3]!, status: index % 50 === 0 ? 'Waiting' : 'Public' }),
          );
          await prepared.db.manager.insert(Package, rows);
        }
      });
      const took: Record<string, string> = {};
      const time = async (what: string, filter: PackageFilter, order: PackageOrder): Promise<void> => {
        const start = performance.now();
        const first = await lists.find(filter, order, null, 101);
        const middle = first.at(-1);
        if (middle) await lists.find(filter, order, { value: middle[sortColumns[order.field]], id: middle.id }, 101);
        const pagesMs = performance.now() - start;
        expect(await lists.count(filter)).toBeGreaterThan(0);
        took[what] = `two pages ${pagesMs.toFixed(1)} ms, count ${(performance.now() - start - pagesMs).toFixed(1)} ms`;
      };
      for (const field of fields) await time(`by ${field}`, {}, { field, isDescending: field === 'created' });
      await time('stage Test', { stage: 'Test' }, byName);
      await time('status Waiting', { status: 'Waiting' }, byName);
      await time('name contains 4999', { contains: '4999' }, byName);
      process.stdout.write(`50,000 packages on SQLite: ${JSON.stringify(took, null, 2)}\n`);
    });
  }
});

describe('a cursor', () => {
  it('fits only the order it was made for', () => {
    const cursor = encodeCursor(byName, { value: 'a.pkg', id: 7 });
    expect(decodeCursor(cursor, byName)).toEqual({ value: 'a.pkg', id: 7 });
    expect(() => decodeCursor(cursor, { field: 'filename', isDescending: true })).toThrow(/cursor/);
    expect(() => decodeCursor(cursor, { field: 'size', isDescending: false })).toThrow(/cursor/);
  });

  it.each([
    '',
    'x',
    '!!!',
    Buffer.from('[]').toString('base64url'),
    Buffer.from('null').toString('base64url'),
    Buffer.from('["size",false,"a",1]').toString('base64url'),
    Buffer.from('["size",false,1,"1"]').toString('base64url'),
  ])('is refused when it is not one: %j', (cursor) => {
    expect(() => decodeCursor(cursor, { field: 'size', isDescending: false })).toThrow(/cursor/);
  });
});
