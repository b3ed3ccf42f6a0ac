/**
 * SQL Server for the database suites: no program of it can be had here, so the URL of one is given (ODS_TEST_MSSQL_URL), as an account that may
 * create databases.
 */
export const mssqlServer = process.env['ODS_TEST_MSSQL_URL'];

interface Pool {
  connect(): Promise<Pool>;
  query(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Runs statements one after the other, each as a batch of its own, on the server itself. */
async function execute(...statements: string[]): Promise<void> {
  const { hostname, port, username, password, searchParams } = new URL(mssqlServer!);
  const { default: mssql } = (await import('mssql' as string)) as { default: { ConnectionPool: new (settings: object) => Pool } };
  const pool = new mssql.ConnectionPool({
    server: hostname,
    port: Number(port || 1433),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: 'master',
    options: {
      encrypt: searchParams.get('encrypt') !== 'false',
      trustServerCertificate: searchParams.get('trustServerCertificate') === 'true',
    },
  });
  await pool.connect();
  try {
    for (const statement of statements) await pool.query(statement);
  } finally {
    await pool.close();
  }
}

/** A new, empty database; answers its URL. */
export async function createMssqlDatabase(name: string): Promise<string> {
  await execute(`CREATE DATABASE ${name}`, `ALTER DATABASE ${name} SET READ_COMMITTED_SNAPSHOT ON`);
  const url = new URL(mssqlServer!);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropMssqlDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await execute(`ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE`, `DROP DATABASE ${name}`);
}
