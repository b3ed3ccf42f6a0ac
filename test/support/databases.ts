import mysql from 'mysql2/promise';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { createMssqlDatabase, dropMssqlDatabase, mssqlServer } from './mssql-databases.js';
import { isLeftOut, scratchDir, sharedService } from './services.js';

export const databaseKinds = ['sqlite', 'mariadb', 'postgres', 'mssql'] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** Those of this run: ODS_TEST_DATABASES names them, separated by commas; without it all. SQL Server only where one was given. */
const kindsOfRun = databaseKinds
  .filter((kind) => (process.env['ODS_TEST_DATABASES'] ?? kind).split(',').includes(kind))
  .filter((kind) => kind !== 'mssql' || mssqlServer !== undefined);

/** An empty database for one test file. */
export interface TestDatabase {
  readonly kind: DatabaseKind;
  /** For DATABASE_URL. Known once the suite's `beforeAll` hooks run. */
  readonly url: string;
  /** One more empty database of this kind, for a test that must have its own. Dropped at the end of the suite. */
  another(): Promise<string>;
}

/**
 * Runs one suite on every database the product supports, each in an empty database of its own.
 * A kind whose program is missing, or that ODS_TEST_WITHOUT names, shows as skipped; one that ODS_TEST_DATABASES leaves out does not show.
 */
export function forEachDatabase(suite: (database: TestDatabase) => void): void {
  for (const kind of kindsOfRun) {
    const describeKind = isLeftOut(kind) ? describe.skip : describe;
    describeKind(`on ${kind}`, () => {
      const made: string[] = [];
      const another = async (): Promise<string> => {
        const url = await createDatabase(kind);
        made.push(url);
        return url;
      };
      beforeAll(async () => void (await another()), 60_000);
      afterAll(async () => {
        for (const url of made) await dropDatabase(kind, url);
      });
      suite({
        kind,
        another,
        get url() {
          if (made[0] === undefined) throw new Error('The database exists only inside hooks and tests.');
          return made[0];
        },
      });
    });
  }
}

/** A new, empty database; answers its URL. */
export async function createDatabase(kind: DatabaseKind): Promise<string> {
  if (kind === 'sqlite') return `sqlite:${path.join(scratchDir('sqlite'), 'ods.sqlite')}`;
  const name = `t_${randomBytes(6).toString('hex')}`;
  if (kind === 'mssql') return createMssqlDatabase(name);
  const url = new URL(await sharedService(kind));
  await execute(url, `CREATE DATABASE ${name}`);
  url.pathname = `/${name}`;
  return url.href;
}

/** SQLite files go with the scratch directory of the run. */
export async function dropDatabase(kind: DatabaseKind, url: string): Promise<void> {
  if (kind === 'sqlite') return;
  if (kind === 'mssql') return dropMssqlDatabase(url);
  const name = new URL(url).pathname.slice(1);
  await execute(new URL(await sharedService(kind)), `DROP DATABASE ${name}${kind === 'postgres' ? ' WITH (FORCE)' : ''}`);
}

async function execute(server: URL, sql: string): Promise<void> {
  const account = {
    host: server.hostname,
    port: Number(server.port),
    user: server.username,
    password: server.password,
  };
  if (server.protocol === 'postgres:') {
    const client = new pg.Client({ ...account, database: 'postgres' });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  } else {
    const client = await mysql.createConnection(account);
    await client.query(sql).finally(() => client.end());
  }
}
