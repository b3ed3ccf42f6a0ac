import { setTimeout as sleep } from 'node:timers/promises';
import { type DataSource, In } from 'typeorm';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import type { Database } from '#libs/platform/database/database.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { openPrepared, type PreparedDatabase } from '../support/prepared-database.js';

const aClock = (id: number): CatalogClock => ({ id, epoch: 'e', seq: 0, durableSeq: 0, wallMs: 0, counter: 0 });
const anAttempt = (id: string): LoginAttempt => ({ id, failures: 0, lastMs: 0, blockedUntilMs: 0 });

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  let db: Database;
  beforeAll(async () => {
    prepared = await openPrepared(database.url);
    db = prepared.db;
  });
  beforeEach(async () => {
    await db.manager.clear(CatalogClock);
    await db.manager.clear(LoginAttempt);
    await db.manager.insert(CatalogClock, [aClock(1), aClock(2)]);
  });
  afterAll(() => prepared.close());

  const seqOf = async (id: number): Promise<number> => (await db.manager.findOneByOrFail(CatalogClock, { id })).seq;
  const rows = (): Promise<number> => db.manager.count(LoginAttempt);
  /** Reads, lets others have a go, writes what it read plus one. */
  const increment = async (id: number): Promise<void> => {
    const clock = await db.manager.findOneOrFail(CatalogClock, { where: { id }, ...db.forUpdate });
    await sleep(1);
    await db.manager.update(CatalogClock, { id }, { seq: clock.seq + 1 });
  };

  const waitingStatements = async (): Promise<number> => {
    const from = waiting[database.kind as keyof typeof waiting];
    const [row] = (await prepared.dataSource.query(`SELECT COUNT(*) AS count FROM ${from}`)) as [{ count: string }];
    return Number(row.count);
  };

  it('loses no update of fifty parallel transactions that read, change and write', async () => {
    await Promise.all(Array.from({ length: 50 }, () => db.transaction(() => increment(1))));
    expect(await seqOf(1)).toBe(50);
  });

  it('keeps lone statements out of the transactions of others', async () => {
    const failing = Array.from({ length: 10 }, (_, index) =>
      db
        .transaction(async () => {
          await db.manager.insert(LoginAttempt, anAttempt(`inside ${index}`));
          await sleep(2);
          throw new Error('planned');
        })
        .catch(() => undefined),
    );
    const lone = Array.from({ length: 10 }, (_, index) => db.manager.insert(LoginAttempt, anAttempt(`outside ${index}`)));
    await Promise.all([...failing, ...lone]);
    expect((await db.manager.find(LoginAttempt)).map(({ id }) => id).every((id) => id.startsWith('outside'))).toBe(true);
    expect(await rows()).toBe(10);
  });

  it('leaves nothing of a transaction that failed, and throws its error', async () => {
    const failure = new Error('planned');
    const failing = db.transaction(async () => {
      await db.manager.insert(LoginAttempt, anAttempt('a'));
      await increment(1);
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(await rows()).toBe(0);
    expect(await seqOf(1)).toBe(0);
  });

  it('shows no other transaction what is not committed', async () => {
    const seen: number[] = [];
    const failing = db.transaction(async () => {
      await db.manager.insert(LoginAttempt, anAttempt('dirty'));
      await sleep(20);
      throw new Error('planned');
    });
    const read = async () => void seen.push(await rows());
    await sleep(5);
    const reading = read();
    await expect(failing).rejects.toThrow('planned');
    await reading;
    expect(seen).toEqual([0]);
  });

  it('joins nested transactions: one commit, one rollback', async () => {
    await db.transaction(async () => {
      await db.manager.insert(LoginAttempt, anAttempt('outer'));
      await db.transaction(() => db.manager.insert(LoginAttempt, anAttempt('inner')));
    });
    expect(await rows()).toBe(2);
    const failing = db.transaction(async () => {
      await db.transaction(() => db.manager.insert(LoginAttempt, anAttempt('lost')));
      throw new Error('planned');
    });
    await expect(failing).rejects.toThrow('planned');
    expect(await rows()).toBe(2);
  });

  it('answers what the work answers', async () => {
    await expect(db.transaction(() => Promise.resolve(7))).resolves.toBe(7);
  });

  describe('afterCommit', () => {
    it('runs in order after the commit, outside of the transaction', async () => {
      const events: string[] = [];
      const counted: Promise<number>[] = [];
      await db.transaction(async () => {
        db.afterCommit(() => events.push('first'));
        await db.transaction(async () => db.afterCommit(() => events.push('nested')));
        db.afterCommit(() => counted.push(rows()));
        await db.manager.insert(LoginAttempt, anAttempt('a'));
        events.push('end of work');
      });
      expect(events).toEqual(['end of work', 'first', 'nested']);
      expect(await counted[0]).toBe(1);
    });

    it('does not run after a rollback', async () => {
      const events: string[] = [];
      const failing = db.transaction(async () => {
        db.afterCommit(() => events.push('never'));
        await increment(1);
        throw new Error('planned');
      });
      await expect(failing).rejects.toThrow('planned');
      expect(events).toEqual([]);
    });

    it('runs at once when no transaction is open', () => {
      const events: string[] = [];
      db.afterCommit(() => events.push('now'));
      expect(events).toEqual(['now']);
    });

    it('that throws hides neither the commit nor the actions after it', async () => {
      const events: string[] = [];
      const committed = db.transaction(async () => {
        await db.manager.insert(LoginAttempt, anAttempt('kept'));
        db.afterCommit(() => {
          throw new Error('planned');
        });
        db.afterCommit(() => events.push('still'));
        return 'done';
      });
      await expect(committed).resolves.toBe('done');
      expect(events).toEqual(['still']);
      expect(await rows()).toBe(1);
    });
  });

  /** A moment that the test itself decides about. */
  const anEnd = (): { ended: Promise<void>; end: () => void } => {
    let end!: () => void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    return { ended, end };
  };

  describe('work that continues after its transaction has ended', () => {
    it('is refused, instead of being written outside of a transaction', async () => {
      const { ended, end } = anEnd();
      let left: Promise<unknown> | undefined;
      const failing = db.transaction(async () => {
        // What "no Promise.all" forbids: one branch fails, the other does not know.
        left = ended.then(() => db.manager.insert(LoginAttempt, anAttempt('stray')));
        left.catch(() => undefined);
        await increment(1);
        throw new Error('planned');
      });
      await expect(failing).rejects.toThrow('planned');
      end();
      await expect(left).rejects.toThrow(/transaction/i);
      expect(await rows()).toBe(0);
    });

    it('is refused for actions after commit too, which would never run', async () => {
      const { ended, end } = anEnd();
      let left: Promise<void> | undefined;
      await db.transaction(async () => {
        left = ended.then(() => db.afterCommit(() => undefined));
        left.catch(() => undefined);
        await increment(1);
      });
      end();
      await expect(left).rejects.toThrow(/transaction/i);
    });
  });

  it('serves more transactions at once than it has connections', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        db.transaction(async () => {
          await db.manager.insert(LoginAttempt, anAttempt(String(index)));
          await sleep(1);
          await db.transaction(() => db.manager.countBy(LoginAttempt, { id: String(index) }));
        }),
      ),
    );
    expect(await rows()).toBe(60);
  });

  it('continues after a transaction whose ROLLBACK fails', async () => {
    const failing = db.transaction(async () => {
      await db.manager.insert(LoginAttempt, anAttempt('a'));
      await db.manager.query('ROLLBACK'); // behind the back of the transaction
      throw new Error('planned');
    });
    await expect(failing).rejects.toThrow('planned');
    await db.transaction(() => increment(1));
    await db.manager.insert(LoginAttempt, anAttempt('b'));
    expect((await db.manager.find(LoginAttempt)).map(({ id }) => id)).toEqual(['b']);
    expect(await seqOf(1)).toBe(1);
  });

  if (database.kind === 'sqlite') {
    it('writes nothing more once SQLite itself has rolled a transaction back, even if its error is swallowed', async () => {
      const swallowing = db.transaction(async () => {
        await db.manager.query('ROLLBACK'); // stands for what SQLite does on a full disk or an I/O error
        await db.manager.insert(LoginAttempt, anAttempt('stray')).catch(() => undefined);
      });
      await expect(swallowing).rejects.toThrow();
      expect(await rows()).toBe(0);
    });

    it('takes no transaction by statement, in which the writes of all others would be caught', async () => {
      await expect(db.manager.query('BEGIN')).rejects.toThrow('A transaction begins with Database.transaction');
      await db.manager.insert(LoginAttempt, anAttempt('a'));
      await expect(db.manager.query('ROLLBACK')).rejects.toThrow('no transaction is active');
      expect(await rows()).toBe(1);
    });
  } else {
    it('commits nothing of a transaction that swallowed the end of a deadlock', async () => {
      let holders = 0;
      let hasSwallowed = false;
      const inOrder = (first: number, second: number) =>
        db.transaction(async () => {
          await increment(first);
          holders += 1;
          await eventually(() => expect(holders).toBeGreaterThanOrEqual(2));
          await increment(second).catch(() => (hasSwallowed = true));
          await db.manager.insert(LoginAttempt, anAttempt(`after ${first}`));
        });
      await Promise.all([inOrder(1, 2), inOrder(2, 1)]);
      expect(hasSwallowed).toBe(true);
      expect([await seqOf(1), await seqOf(2), await rows()]).toEqual([2, 2, 2]);
    });
  }

  if (database.kind === 'sqlite' || database.kind === 'postgres') {
    it('continues after a transaction whose COMMIT fails, and leaves nothing of it', async () => {
      // The only constraint that is checked at COMMIT; MariaDB and SQL Server have none.
      await db.manager.query('CREATE TABLE parent (id integer PRIMARY KEY)');
      await db.manager.query('CREATE TABLE child (id integer REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
      const events: string[] = [];
      const failing = db.transaction(async () => {
        db.afterCommit(() => events.push('never'));
        await db.manager.insert(LoginAttempt, anAttempt('a'));
        await db.manager.query('INSERT INTO child VALUES (1)');
      });
      await expect(failing).rejects.toThrow(/foreign key/i);
      expect(events).toEqual([]);
      expect(await rows()).toBe(0);
      await db.transaction(() => increment(1));
      expect(await seqOf(1)).toBe(1);
      await db.manager.query('DROP TABLE child');
      await db.manager.query('DROP TABLE parent');
    });
  }

  if (database.kind !== 'sqlite') {
    it('runs a transaction again that the database chose to end a deadlock', async () => {
      let attempts = 0;
      let holders = 0;
      const events: string[] = [];
      const inOrder = (first: number, second: number, name: string) =>
        db.transaction(async () => {
          attempts += 1;
          db.afterCommit(() => events.push(name));
          await increment(first);
          holders += 1;
          await eventually(() => expect(holders).toBeGreaterThanOrEqual(2)); // both hold their first row
          await increment(second);
        });
      await Promise.all([inOrder(1, 2, 'a'), inOrder(2, 1, 'b')]);
      expect([await seqOf(1), await seqOf(2)]).toEqual([2, 2]);
      expect(attempts).toBeGreaterThan(2);
      expect(events.sort()).toEqual(['a', 'b']);
    });

    it('runs a statement again that stood alone when the database ended it to break a deadlock', async () => {
      const holder = prepared.dataSource.createQueryRunner();
      let lone: Promise<unknown>;
      try {
        await holder.startTransaction('READ COMMITTED');
        // MariaDB ends the one that has less to lose, PostgreSQL the one that waited first.
        const many = Array.from({ length: 50 }, (_, index) => anAttempt(`row ${index}`));
        await holder.manager.insert(LoginAttempt, many);
        await holder.manager.update(CatalogClock, { id: 2 }, { counter: 1 });
        lone = db.manager.update(CatalogClock, { id: In([1, 2]) }, { seq: 7 }); // holds the first, waits for the second
        // MariaDB looks anew a tenth of a second after it was asked last.
        await eventually(async () => expect(await waitingStatements()).toBe(1), { everyMs: 250 });
        await holder.manager.update(CatalogClock, { id: 1 }, { counter: 1 });
        await holder.commitTransaction();
      } finally {
        await holder.release();
      }
      expect(await lone).toMatchObject({ affected: 2 });
      expect(await db.manager.find(CatalogClock, { order: { id: 'ASC' } })).toMatchObject([1, 2].map((id) => ({ id, seq: 7, counter: 1 })));
    });

    it('runs a transaction again whose connection was cut before COMMIT', async () => {
      let attempts = 0;
      await db.transaction(async () => {
        attempts += 1;
        await increment(1);
        if (attempts === 1) await cutOwnConnection(db, prepared.dataSource, database.kind);
        await increment(2);
      });
      expect(attempts).toBe(2);
      expect([await seqOf(1), await seqOf(2)]).toEqual([1, 1]);
    });

    it('outlives the loss of all its connections', async () => {
      await Promise.all(Array.from({ length: 10 }, () => db.manager.query('SELECT 1')));
      await cutAllConnections(db, database.kind);
      await Promise.all(Array.from({ length: 30 }, () => db.transaction(() => increment(1))));
      expect(await seqOf(1)).toBe(30);
    });
  }
});

/** How a connection is named and ended, and the others of the same database. */
const connections = {
  postgres: {
    own: 'SELECT pg_backend_pid() AS id',
    others: 'SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    cut: (id: string) => `SELECT pg_terminate_backend(${id})`,
  },
  mariadb: {
    own: 'SELECT CONNECTION_ID() AS id',
    others: 'SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
    cut: (id: string) => `KILL ${id}`,
  },
  mssql: {
    own: 'SELECT @@SPID AS id',
    others: 'SELECT session_id AS id FROM sys.dm_exec_sessions WHERE database_id = DB_ID() AND session_id <> @@SPID',
    cut: (id: string) => `KILL ${id}`,
  },
};
const waiting = {
  postgres: "pg_stat_activity WHERE wait_event_type = 'Lock'",
  mariadb: "information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
  mssql: 'sys.dm_exec_requests WHERE blocking_session_id <> 0',
};

/** Within a transaction. SQL Server lets no connection end itself: another one does it. */
async function cutOwnConnection(db: Database, outside: DataSource, kind: string): Promise<void> {
  const { own, cut } = connections[kind as keyof typeof connections];
  const [{ id }] = (await db.manager.query(own)) as [{ id: string }];
  await (kind === 'mssql' ? outside : db.manager).query(cut(id)).catch(() => undefined);
}

async function cutAllConnections(db: Database, kind: string): Promise<void> {
  const { others, cut } = connections[kind as keyof typeof connections];
  for (const { id } of (await db.manager.query(others)) as { id: string }[]) await db.manager.query(cut(id)).catch(() => undefined);
}
