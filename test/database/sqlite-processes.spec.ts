import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { createDatabase } from '../support/databases.js';
import { openPrepared } from '../support/prepared-database.js';
import { scratchDir } from '../support/services.js';
import { startTypescript } from '../support/typescript-process.js';

const TRANSACTIONS = 300;
const program = new URL('./hammer.process.ts', import.meta.url);

describe('a SQLite file that the API and a worker write', () => {
  it('loses no transaction of either, locks neither out, and blocks no event loop for long', async () => {
    const url = await createDatabase('sqlite');
    const { db, close } = await openPrepared(url);
    await db.manager.insert(CatalogClock, { id: 1, epoch: 'e', seq: 0, wallMs: 0, counter: 0 });
    const env = { DATABASE_URL: url, DATA_DIR: scratchDir('hammer') };
    const processes = ['api', 'worker'].map((name) => startTypescript(program, [name, String(TRANSACTIONS), '5'], env));
    const outputs = await Promise.all(processes.map(async (child) => ({ ...(await child.exited), output: child.output })));
    for (const { code, output } of outputs) {
      expect(output).not.toMatch(/locked|BUSY/);
      expect(code).toBe(0);
      expect((JSON.parse(output) as { longestStallMs: number }).longestStallMs).toBeLessThan(4_000); // SQLite's own patience would be 5 s
    }
    expect((await db.manager.findOneByOrFail(CatalogClock, { id: 1 })).seq).toBe(2 * TRANSACTIONS);
    expect(await db.manager.countBy(LoginAttempt, { failures: 1 })).toBe(2 * TRANSACTIONS);
    await close();
  });

  it('serves the one when the other is killed in the middle of its writes', async () => {
    const url = await createDatabase('sqlite');
    const { db, close } = await openPrepared(url);
    await db.manager.insert(CatalogClock, { id: 1, epoch: 'e', seq: 0, wallMs: 0, counter: 0 });
    const killed = startTypescript(program, ['killed', '100000', '5'], { DATABASE_URL: url, DATA_DIR: scratchDir('hammer') });
    while ((await db.manager.findOneByOrFail(CatalogClock, { id: 1 })).seq < 20) expect(killed.isRunning).toBe(true);
    await killed.stop('SIGKILL');
    const rows = await db.manager.count(LoginAttempt);
    expect((await db.manager.findOneByOrFail(CatalogClock, { id: 1 })).seq).toBe(rows); // all of a transaction or none of it
    expect(await db.manager.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    await db.transaction(() => db.manager.update(CatalogClock, { id: 1 }, { seq: 0 }));
    await close();
  });
});
