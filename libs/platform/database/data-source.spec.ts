import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '../../../test/support/services.js';
import { Database } from './database.js';
import { createDataSource, openDataSource } from './data-source.js';
import { SqliteFile } from './sqlite-file.js';

describe('a SQLite data source', () => {
  it('keeps its files from other users of the machine', async () => {
    const directory = path.join(scratchDir('sqlite'), 'made', 'on the way');
    const file = path.join(directory, 'ods.sqlite');
    const dataSource = await openDataSource(createDataSource({ kind: 'sqlite', file }, { entities: [], migrations: [] }));
    await dataSource.query('CREATE TABLE t (id integer)');
    const modes = readdirSync(directory).map((name) => [name, statSync(path.join(directory, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({ 'ods.sqlite': 0o600, 'ods.sqlite-wal': 0o600, 'ods.sqlite-shm': 0o600 });
    await dataSource.destroy();
  });

  it('waits for the disk in every transaction that is not declared repeatable', async () => {
    const dataSource = await openDataSource(createDataSource({ kind: 'sqlite', file: ':memory:' }, { entities: [], migrations: [] }));
    const db = new Database(dataSource);
    const synchronous = async () => ((await db.manager.query('PRAGMA synchronous')) as { synchronous: number }[])[0]!.synchronous;
    const [normal, full] = [1, 2];
    expect(await db.transaction(synchronous)).toBe(full);
    expect(await db.transaction(synchronous, { canBeLost: true })).toBe(normal);
    await expect(db.transaction(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await db.transaction(synchronous, { canBeLost: true })).toBe(normal);
    expect(await db.transaction(synchronous)).toBe(full);
    await dataSource.destroy();
  });

  it('opens while another process holds the file', async () => {
    const file = path.join(scratchDir('sqlite'), 'ods.sqlite');
    const other = new SqliteFile(file);
    other.exec('CREATE TABLE t (id integer); BEGIN EXCLUSIVE');
    const opening = openDataSource(createDataSource({ kind: 'sqlite', file }, { entities: [], migrations: [] }));
    const release = setTimeout(() => other.exec('COMMIT'), 300);
    const dataSource = await opening.finally(() => clearTimeout(release));
    expect(await dataSource.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    await dataSource.destroy();
    other.close();
  });
});
