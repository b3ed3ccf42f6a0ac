import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { type Environment, startProcess } from '../support/test-process.js';

/** Many processes start here, on machines that have other work. */
/** Starts what cannot start; answers what it says to the person at the console. */
async function failureOf(settings: Environment, app: 'api' | 'worker' = 'api'): Promise<string> {
  const child = startProcess(app, {
    HOST: '127.0.0.1',
    PORT: 0,
    DATA_DIR: scratchDir('fails'),
    ...settings,
  });
  const { code, signal } = await child.ended();
  expect({ code, signal, output: child.output }).toEqual({
    code: 1,
    signal: null,
    output: expect.stringContaining('ODS could not start. '),
  });
  expect(child.output).not.toMatch(/^ {4}at /m); // no stack
  return child.output.split('ODS could not start. ')[1]!.trim();
}

/** A data directory in which a server has been. */
async function usedDataDir(): Promise<string> {
  const dataDir = scratchDir('used');
  const child = startProcess('api', { HOST: '127.0.0.1', PORT: 0, DATA_DIR: dataDir });
  await child.waitUntil(() => (child.output.includes('Ready.') ? Promise.resolve() : Promise.reject(new Error('not ready'))), 60_000);
  await child.stop();
  return dataDir;
}

describe('a server that cannot start says why and what to do, and ends with status 1', () => {
  it('the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      expect(await failureOf({ PORT: port })).toBe(
        `Port ${port} is taken by another program. Stop it, or start with PORT set to another one.`,
      );
    } finally {
      other.close();
    }
  });

  it('the address is of another machine', async () => {
    expect(await failureOf({ HOST: '192.0.2.1' })).toMatch(
      /^The address to listen on is not one of this machine \(.*192\.0\.2\.1.*\)\. Leave HOST out to listen on all of them\.$/,
    );
  });

  it.each(['/proc/nothing/here', '/dev/null'])('DATA_DIR cannot be written: %s', async (dataDir) => {
    expect(await failureOf({ DATA_DIR: dataDir })).toMatch(
      new RegExp(
        `DATA_DIR ${dataDir} cannot be written \\(E[A-Z]+\\)\\. Make it writable for this user, or set DATA_DIR to a directory that is\\.$`,
      ),
    );
  });

  it('UPLOAD_STAGING_DIR is on another file system', async () => {
    expect(await failureOf({ UPLOAD_STAGING_DIR: '/dev/shm/ods-test' })).toMatch(
      /^UPLOAD_STAGING_DIR must be on the same file system as DATA_DIR/,
    );
  });

  it('the disk with the packages is not mounted, until the administrator says that they are lost', async () => {
    const server = await TestServer.start('unmounted');
    expect((await server.upload('kept.pkg', randomBytes(100))).status).toBe(201);
    await server.stop();
    const content = path.join(server.dataDir, 'content');
    rmSync(content, { recursive: true });
    const said = await failureOf({ DATA_DIR: server.dataDir });
    expect(said).toContain(`names 1 contents, and ${content} has none of them: is the right disk mounted there?`);
    writeFileSync(path.join(content, '.ods'), '');
    await server.start();
    expect(await server.ok('GET', '/api/admin/packages/kept.pkg')).toMatchObject({ status: 'Waiting' });
    await server.dispose();
  });

  it('another server runs with the directory', async () => {
    const server = await TestServer.start('first');
    expect(await failureOf({ DATA_DIR: server.dataDir })).toBe(
      `Another server is running with the directory ${server.dataDir}. Stop it, or set DATA_DIR to another one.`,
    );
    await server.kill9();
    await server.start(); // what was killed holds nothing
    await server.dispose();
  });

  it('the database was lost, and contents are there: no new server begins in their place', async () => {
    const server = await TestServer.start('lost');
    expect((await server.upload('kept.pkg', randomBytes(100))).status).toBe(201);
    await server.stop();
    for (const end of ['', '-wal', '-shm']) rmSync(path.join(server.dataDir, `ods.sqlite${end}`), { force: true });
    for (let start = 1; start <= 2; start += 1)
      expect(await failureOf({ DATA_DIR: server.dataDir })).toMatch(
        /^The database .*ods\.sqlite is empty, and .* has 1 contents of a server: .* Restore a backup \(ods-admin restore DIRECTORY\)\./,
      );
    await server.dispose();
  });

  it('settings are wrong: all of them are named at once', async () => {
    const said = await failureOf({ PORT: 'eighty', LOG_FORMAT: 'xml', RETENTION_DAYS: -1 });
    expect(said.split('\n').map((line) => line.trim())).toEqual([
      'The configuration has 3 faults:',
      'PORT must be a whole number from 0 to 65535, not "eighty".',
      'LOG_FORMAT must be one of auto, json, pretty, not "xml".',
      'RETENTION_DAYS must be a whole number from 0 to 3650, not "-1".',
    ]);
  });

  it('a secret file is not there', async () => {
    expect(await failureOf({ SECRET_KEY_FILE: '/run/secrets/missing' })).toContain(
      'SECRET_KEY_FILE names /run/secrets/missing, which cannot be read (ENOENT).',
    );
  });

  it('DATABASE_KEY is not the one of this database', async () => {
    const dataDir = await usedDataDir();
    expect(await failureOf({ DATA_DIR: dataDir, DATABASE_KEY: randomBytes(32).toString('base64') })).toMatch(
      /was encrypted under another DATABASE_KEY \([0-9a-f]{8}\)\. Start with the key this database was made with, the new one first: NEW,OLD\.$/,
    );
  });

  it('the database is of a newer version', async () => {
    const dataDir = await usedDataDir();
    const file = new SqliteFile(path.join(dataDir, 'ods.sqlite'));
    file.exec("INSERT INTO migrations (timestamp, name) VALUES (9000000000000, 'Future9000000000000')");
    file.close();
    expect(await failureOf({ DATA_DIR: dataDir })).toBe(
      'The database belongs to a newer version of ODS (it has Future9000000000000). Start that version, or restore the backup made before the upgrade.',
    );
  });

  it('the database is no database', async () => {
    const dataDir = scratchDir('damaged');
    const file = path.join(dataDir, 'ods.sqlite');
    writeFileSync(file, randomBytes(8_192));
    chmodSync(file, 0o600);
    expect(await failureOf({ DATA_DIR: dataDir })).toMatch(
      /^The SQLite file .*ods\.sqlite cannot be opened: .*\. See that it is an SQLite database .*, or restore it from a backup\.$/,
    );
  });

  it('a worker has no Redis to hear from', async () => {
    expect(await failureOf({}, 'worker')).toBe(
      'A worker needs REDIS_URL; without Redis the server runs the jobs itself and no worker is needed.',
    );
  });
});
