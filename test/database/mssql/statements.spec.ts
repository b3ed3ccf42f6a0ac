import { readdirSync } from 'node:fs';
import path from 'node:path';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { SeenToken } from '#libs/entities/seen-token.entity.js';
import { copyDatabase } from '#libs/migrations/copy-database.js';
import { optionsOfDatabase, takeLock } from '#libs/migrations/mssql-preparation.js';
import { othersOnServer } from '#libs/maintenance/require-stopped.js';
import { sealedColumns } from '#libs/maintenance/sealed-columns.js';
import { Database } from '#libs/platform/database/database.js';
import { openPrepared } from '../../support/prepared-database.js';
import { RecordedMssql, type Statement } from './recorded-mssql.js';
import { sampleMethods, type SampledMethod } from './sample-arguments.js';
import { faultOfSyntax } from './tsql-syntax.js';

const root = path.resolve(import.meta.dirname, '../../..');
const repositories = readdirSync(path.join(root, 'libs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.repository.ts'))
  .map((name) => path.join(root, 'libs', name));

/** Methods that ask SQLite alone, or only run what they are given. */
const silent = ['MaintenanceRepository.damage', 'MaintenanceRepository.transaction'];

/** Arguments that are more than their types say. */
const meant: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  'MaintenanceRepository.sealedValues': sealedColumns.map((column) => [column]),
  'MaintenanceRepository.replaceSealed': sealedColumns.map((column) => [column, 1, 'old', 'new']),
  'PeerRepository.countRejected': [[{ rejectedSeqs: '[1,2]' }]],
};

/** In one call; more would be a loop that goes on as long as there are rows. */
const MOST_ANSWERS = 6;

/** A row with every column. */
const anyRow = new Proxy(
  {},
  {
    get: (_row, name) => (typeof name === 'string' ? '1' : undefined),
    has: () => true,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: '1' }),
  },
);

type Repository = Readonly<Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>>;

/** The driver begins and ends transactions without statements. */
const isNoEdge = ({ sql }: Statement): boolean => !/^(BEGIN TRANSACTION|COMMIT|ROLLBACK)$/.test(sql);

/** What the method asks, with all its arguments, on a database without rows and on one that has each row. */
async function statementsOf(method: SampledMethod, recorded: RecordedMssql): Promise<Statement[]> {
  const db = new Database(recorded.dataSource);
  const module = (await import(`#libs/${path.relative(path.join(root, 'libs'), method.file).replace(/\.ts$/, '.js')}`)) as Record<
    string,
    new (db: Database) => Repository
  >;
  const repository = new module[method.className]!(db);
  const from = recorded.statements.length;
  for (const call of meant[`${method.className}.${method.name}`] ?? method.calls) {
    for (const rows of [[], [anyRow]]) {
      let answers = 0;
      recorded.answers = () => (answers++ < MOST_ANSWERS ? rows : []);
      // Locks are for transactions. What a method makes of such an answer is not the question.
      await db.transaction(() => repository[method.name]!(...call)).catch(() => undefined);
    }
  }
  return recorded.statements.slice(from).filter(isNoEdge);
}

describe('the statements for SQL Server', () => {
  let recorded: RecordedMssql;
  const faultsOf = (statements: readonly string[]): string[] =>
    [...new Set(statements)].flatMap((sql) => {
      const fault = faultOfSyntax(sql);
      return fault === null ? [] : [`${fault} in: ${sql}`];
    });

  beforeAll(async () => {
    recorded = await RecordedMssql.open();
  });

  it.each([
    'SELECT a FROM t LIMIT 5',
    'SELECT a FROM t WHERE is_deleted',
    'INSERT INTO t(a) VALUES (1) ON CONFLICT DO NOTHING',
    'INSERT INTO t(a) VALUES (1) ON DUPLICATE KEY UPDATE a = 1',
    'INSERT INTO t(a) VALUES (1) RETURNING a',
    'SELECT a FROM t FOR UPDATE',
    'SELECT t.key FROM t',
    'SELECT `a` FROM t',
    "SELECT a || 'b' FROM t",
    'UPDATE t SET a = TRUE',
    'SELECT a FROM user',
    'CREATE TABLE t (a boolean NOT NULL)',
    'CREATE TABLE t (a varchar(5) NOT NULL)',
    'ALTER TABLE t MODIFY a nvarchar(5) NOT NULL',
  ])('would not pass as: %s', (sql) => {
    expect(faultOfSyntax(sql)).not.toBeNull();
  });

  it('are T-SQL in all migrations', async () => {
    await recorded.dataSource.runMigrations({ transaction: 'none' });
    expect(recorded.statements.length).toBeGreaterThan(150);
    expect(faultsOf(recorded.statements.map(({ sql }) => sql))).toEqual([]);
  });

  it('are T-SQL where they are written by hand', () => {
    expect(faultsOf([optionsOfDatabase, takeLock, othersOnServer.mssql, 'SELECT 1', 'SELECT name FROM migrations'])).toEqual([]);
  });

  it('are T-SQL where a database is copied, which keeps the numbers of its rows', async () => {
    const source = await openPrepared('sqlite::memory:');
    const row = { details: null, address: null, requestId: null, subject: 'ü', actorKind: 'user', actor: 'a', action: 'b', atMs: 1 };
    await source.db.insertRows(AuditEvent, Array.from({ length: 450 }, () => row) as never);
    await source.db.insertRows(SeenToken, [{ id: 'a', expiresMs: 1 }]);
    const from = recorded.statements.length;
    recorded.answers = () => [];
    expect(await copyDatabase(source.dataSource, recorded.dataSource)).toBe(451);
    await source.close();
    const statements = recorded.statements.slice(from).filter(isNoEdge);
    expect(faultsOf(statements.map(({ sql }) => sql))).toEqual([]);
    for (const { parameters } of statements) expect(parameters.length).toBeLessThan(2_100);
    const numbered = statements.filter(({ sql }) => sql.includes('"audit_event"(')).map(({ sql }) => sql);
    expect(numbered.length).toBeGreaterThan(2);
    for (const sql of numbered) expect(sql).toMatch(/^SET IDENTITY_INSERT "audit_event" ON; .*; SET IDENTITY_INSERT "audit_event" OFF$/);
    expect(statements.map(({ sql }) => sql)).toContain('INSERT INTO "seen_token"("id", "expires_ms") VALUES (@0, @1)');
  });

  it('are T-SQL in all methods of all repositories', async () => {
    const methods = sampleMethods(root, repositories);
    const withoutStatement: string[] = [];
    const all: string[] = [];
    for (const method of methods) {
      const statements = await statementsOf(method, recorded);
      if (statements.length === 0) withoutStatement.push(`${method.className}.${method.name}`);
      all.push(...statements.map(({ sql }) => sql));
    }
    expect(withoutStatement).toEqual(silent);
    expect(new Set(all).size).toBeGreaterThan(300);
    expect(faultsOf(all)).toEqual([]);
  }, 60_000);
});
