import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { Job } from '#libs/entities/job.entity.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut } from '../support/services.js';
import { aJobType, handlerOf, JobWorld } from './job-world.js';

const DAY_MS = 86_400_000;
/** MariaDB looks anew a tenth of a second after it was asked last. */
const LOOK_ANEW = { everyMs: 250 };
const FAR_MS = 400 * DAY_MS;

(isLeftOut('mariadb') ? describe.skip : describe)('a worker that starts while others work', () => {
  let world: JobWorld;
  beforeAll(async () => {
    world = await JobWorld.open('embedded', 'mariadb');
  });
  afterAll(() => world.close());

  it('starts although the database ends a deadlock at its cost', async () => {
    const type = aJobType('test');
    const other = await world.node([], { start: false });
    for (const index of [0, 1]) await other.jobs.add(type, { index } as never, { delayMs: FAR_MS + index * DAY_MS });
    const [first, second] = await other.db.manager.find(Job, { order: { dueMs: 'ASC' } });
    const starting = await world.node([handlerOf(type, () => Promise.resolve())], { start: false });

    const holder = other.dataSource.createQueryRunner();
    await holder.startTransaction('READ COMMITTED');
    // It has more to lose, so the database ends the other one.
    const rows = Array.from({ length: 50 }, (_, index) => ({ id: `row ${index}`, failures: 0, lastMs: 0, blockedUntilMs: 0 }));
    await holder.manager.insert(LoginAttempt, rows);
    await holder.query('SELECT id FROM job WHERE id = ? FOR UPDATE', [second!.id]);
    const started = starting.runner.start(); // brings both jobs back from the far future: holds the first, waits for the second
    await eventually(async () => {
      const waiting = (await other.dataSource.query(
        "SELECT COUNT(*) AS count FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
      )) as [{ count: string }];
      expect(Number(waiting[0].count)).toBe(1);
    }, LOOK_ANEW);
    await holder.query('SELECT id FROM job WHERE id = ? FOR UPDATE', [first!.id]);
    await holder.commitTransaction();
    await holder.release();

    await started;
    await eventually(async () => expect(await other.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
    expect(world.log.lines).toContainEqual(expect.stringContaining('2 jobs had been put off'));
  });
});
