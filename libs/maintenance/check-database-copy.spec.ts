import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { scratchDir } from '../../test/support/services.js';
import { checkDatabaseCopy } from './check-database-copy.js';

function aDatabase(): string {
  const file = path.join(scratchDir('copies'), 'copy.sqlite');
  const database = new SqliteFile(file);
  database.exec('CREATE TABLE row (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON row (name)');
  const insert = database.prepare('INSERT INTO row (name) VALUES (?)');
  for (let row = 0; row < 2_000; row += 1) insert.run(`row ${row}`);
  database.close();
  return file;
}

describe('the check of a copied database', () => {
  it('finds nothing in one that is whole', async () => {
    await expect(checkDatabaseCopy(aDatabase())).resolves.toBeUndefined();
  });

  it('finds damage within', async () => {
    const file = aDatabase();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 3 * 4_096, 6 * 4_096);
    writeFileSync(file, bytes);
    await expect(checkDatabaseCopy(file)).rejects.toThrow('The copy of the database is damaged: ');
  });

  it('does not take what is no database, or not there', async () => {
    const file = path.join(scratchDir('copies'), 'copy.sqlite');
    await expect(checkDatabaseCopy(file)).rejects.toThrow('damaged');
    writeFileSync(file, 'SQLite format 4\0'.repeat(100));
    await expect(checkDatabaseCopy(file)).rejects.toThrow('damaged');
  });
});
