import { In, type MssqlParameter } from 'typeorm';
import { Content } from '#libs/entities/content.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { SeenToken } from '#libs/entities/seen-token.entity.js';
import { optionsOfDatabase, requireMssqlOptions, takeLock, underMssqlLock } from '#libs/migrations/mssql-preparation.js';
import { Database } from '#libs/platform/database/database.js';
import { likePattern } from '#libs/packages/like-pattern.js';
import { scratchDir } from '../../support/services.js';
import { startTypescript } from '../../support/typescript-process.js';
import { RecordedMssql } from './recorded-mssql.js';
import { faultOfSyntax } from './tsql-syntax.js';

/** What the server takes. */
const [MOST_PARAMETERS, MOST_ROWS] = [2_100, 1_000];
const [MOST_OF_INDEX, MOST_OF_PRIMARY_KEY] = [1_700, 900];

const duplicate = Object.assign(new Error('Violation of PRIMARY KEY constraint'), { code: 'EREQUEST', number: 2627 });
const tokens = (count: number): SeenToken[] => Array.from({ length: count }, (_, at) => ({ id: `t${at}`, expiresMs: at }));

describe('a data source for SQL Server', () => {
  let recorded: RecordedMssql;
  let db: Database;
  const sent = (): string[] => recorded.statements.map(({ sql }) => sql);
  const valuesOf = (at: number): unknown[] =>
    (recorded.statements[at]!.parameters as (MssqlParameter | string)[]).map((each) => (typeof each === 'string' ? each : each.value));

  beforeEach(async () => {
    recorded = await RecordedMssql.open();
    db = new Database(recorded.dataSource);
  });

  describe('asks for long lists', () => {
    const uuids = Array.from({ length: 3_000 }, (_, at) => `u${at}`);

    it('in one statement, with the list as one parameter', async () => {
      await db.manager.findBy(Content, { state: 'held', uuid: In(uuids), size: 7 });
      const [{ sql, parameters }] = recorded.statements as [{ sql: string; parameters: unknown[] }];
      expect(sql).toContain(`"uuid" IN (SELECT v COLLATE Latin1_General_100_BIN2 FROM OPENJSON(@1) WITH (v nvarchar(600) '$'))`);
      expect(faultOfSyntax(sql)).toBeNull();
      expect(parameters).toHaveLength(3);
      expect([valuesOf(0)[0], JSON.parse(valuesOf(0)[1] as string), valuesOf(0)[2]]).toEqual(['held', uuids, 7]);
    });

    it('of numbers as numbers', async () => {
      await db.manager.delete(Package, { id: In(uuids.map((_, at) => at)) });
      expect(sent()).toEqual([`DELETE FROM "package" WHERE "id" IN (SELECT v FROM OPENJSON(@0) WITH (v bigint '$'))`]);
    });

    it('but leaves short ones as they are', async () => {
      await db.manager.findBy(Content, { uuid: In(uuids.slice(0, 1_500)) });
      expect(recorded.statements[0]!.parameters).toHaveLength(1_500);
    });
  });

  describe('inserts many rows', () => {
    it('in parts that the server takes, in one transaction', async () => {
      await db.insertRows(SeenToken, tokens(2_500));
      const [begin, ...inserts] = recorded.statements.slice(0, -1);
      expect([begin!.sql, sent().at(-1)]).toEqual(['BEGIN TRANSACTION', 'COMMIT']);
      for (const { parameters } of inserts) expect(parameters.length).toBeLessThanOrEqual(MOST_PARAMETERS);
      for (const { sql } of inserts) expect(sql.split('), (').length).toBeLessThanOrEqual(MOST_ROWS);
      expect(inserts.flatMap((_, at) => valuesOf(at + 1).filter((value) => typeof value === 'string'))).toEqual(
        tokens(2_500).map(({ id }) => id),
      );
    });

    it('one by one when it has refused a part for a key that is there already', async () => {
      const known = (at: number): boolean => valuesOf(at).includes('t1');
      recorded.answers = () => (known(recorded.statements.length - 1) ? duplicate : []);
      await db.insertNew(SeenToken, tokens(3));
      expect(sent().map((_, at) => valuesOf(at).filter((value) => typeof value === 'string'))).toEqual([
        ['t0', 't1', 't2'],
        ['t0'],
        ['t1'],
        ['t2'],
      ]);
    });

    it('and hides no other refusal', async () => {
      const full = Object.assign(new Error('The transaction log is full'), { code: 'EREQUEST', number: 9002 });
      recorded.answers = () => full;
      await expect(db.insertNew(SeenToken, tokens(3))).rejects.toBe(full);
      recorded.answers = () => duplicate;
      await expect(db.insertRows(SeenToken, tokens(3))).rejects.toBe(duplicate);
    });
  });

  it('declares values by the kind of their column, so that none is cut or taken for another kind', async () => {
    const row = { uuid: 'x'.repeat(99), manifest: null, blocks: Buffer.from('b'), refusal: 'y'.repeat(5_000) };
    await db.manager.update(Content, { uuid: 'u' }, row);
    const declared = (recorded.statements[0]!.parameters as MssqlParameter[]).slice(0, -1).map(({ type, params }) => [type, ...params]);
    const MAX = 65_535;
    expect(declared).toEqual([
      ['nvarchar', 4_000],
      ['varbinary', MAX],
      ['varbinary', MAX],
      ['nvarchar', MAX],
    ]);
  });

  it('has indexes whose keys the server takes', () => {
    for (const { tableName, primaryColumns, indices } of recorded.dataSource.entityMetadatas) {
      const bytesOf = (columns: typeof primaryColumns): number => columns.reduce((sum, { length }) => sum + (Number(length) * 2 || 8), 0);
      expect([tableName, bytesOf(primaryColumns) <= MOST_OF_PRIMARY_KEY]).toEqual([tableName, true]);
      for (const { name, columns } of indices) expect([name, bytesOf(columns) <= MOST_OF_INDEX]).toEqual([name, true]);
    }
  });

  it('leaves rows without a key out of unique indexes, which would take one of them', async () => {
    await recorded.dataSource.runMigrations({ transaction: 'none' });
    const nullable = recorded.dataSource.entityMetadatas.flatMap(({ indices }) =>
      indices.filter(({ isUnique, columns }) => isUnique && columns.some(({ isNullable }) => isNullable)),
    );
    expect(nullable.length).toBeGreaterThan(1);
    for (const { name, columns } of nullable)
      expect(sent()).toContainEqual(
        expect.stringMatching(new RegExp(`^CREATE UNIQUE INDEX "${name}" .* WHERE "${columns[0]!.databaseName}" IS NOT NULL`)),
      );
  });

  it('looks for a bracket as for any other sign', () => {
    expect(likePattern('a[b]%_!')).toBe('%a![b]!%!_!!%');
  });

  describe('before it migrates', () => {
    const options = { name: 'my]db', snapshots: true, level: 150 };
    const given = (row: object) => (recorded.answers = (sql) => (sql === optionsOfDatabase ? [row] : [{ held: 0 }]));

    it.each([
      [{ ...options, snapshots: false }, 'ALTER DATABASE [my]]db] SET READ_COMMITTED_SNAPSHOT ON'],
      [{ ...options, level: 120 }, 'ALTER DATABASE [my]]db] SET COMPATIBILITY_LEVEL = 130'],
    ])('says what the database lacks: %j', async (row, advice) => {
      given(row);
      await expect(requireMssqlOptions(recorded.dataSource)).rejects.toThrow(advice);
      given(options);
      await requireMssqlOptions(recorded.dataSource);
    });

    it('takes the lock in the transaction of the work', async () => {
      given(options);
      await underMssqlLock(recorded.dataSource, async (runner) => void (await runner.query('work')));
      expect(sent()).toEqual(['BEGIN TRANSACTION', takeLock, 'work', 'COMMIT']);
    });

    it('leaves the work to another process that has the lock', async () => {
      recorded.answers = () => [{ held: -1 }];
      const work = underMssqlLock(recorded.dataSource, async (runner) => void (await runner.query('work')));
      await expect(work).rejects.toThrow('Another process has been migrating the database');
      expect(sent()).toEqual(['BEGIN TRANSACTION', takeLock, 'ROLLBACK']);
    });
  });

  it('reads its driver alone: other databases start without it', async () => {
    const program = new URL('./loads-driver.process.ts', import.meta.url);
    const loads = async (url: string): Promise<string> => {
      const child = startTypescript(program, [], { DATABASE_URL: url, DATA_DIR: scratchDir('driver') });
      await child.exited;
      return child.output.trim();
    };
    expect(await loads('sqlite::memory:')).toBe('false');
    expect(await loads('mssql://ods:ods@localhost/ods')).toBe('true');
  });
});
