import { Worker } from 'node:worker_threads';
import { sqliteLibrary } from '#libs/platform/database/sqlite-file.js';
import { MaintenanceFailed } from './maintenance.errors.js';

/** In a thread of its own: SQLite reads the whole file, and a server must answer meanwhile. */
const source = `
const { parentPort, workerData } = require('node:worker_threads');
const check = () => {
  const database = new (require(workerData.library))(workerData.file, { readonly: true });
  try {
    return database.pragma('quick_check(3)').map((row) => row.quick_check).filter((text) => text !== 'ok').join('; ');
  } finally {
    database.close();
  }
};
try {
  parentPort.postMessage(check());
} catch (error) {
  parentPort.postMessage(String(error.message)); // an error of SQLite loses its message between threads
}
`;

/** Throws MaintenanceFailed when the copy of a database is damaged, as it is when the database itself is. */
export async function checkDatabaseCopy(file: string): Promise<void> {
  const damage = await new Promise<string>((resolve, reject) => {
    const worker = new Worker(source, { eval: true, workerData: { file, library: sqliteLibrary } });
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('The check of the copy ended without an answer.')));
  });
  if (damage !== '')
    throw new MaintenanceFailed(`The copy of the database is damaged: ${damage.slice(0, 200)}. "ods-admin doctor" checks the database.`);
}
