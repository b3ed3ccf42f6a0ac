import { Injectable, Logger } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';

type Action = () => void;

export interface TransactionOptions {
  /**
   * The work can be found or fetched again after a power cut (never after a mere crash of the process): SQLite then
   * need not wait for the disk. Leave it out for all that somebody was told is done.
   */
  readonly canBeLost?: boolean;
}

interface OpenTransaction {
  readonly manager: EntityManager;
  readonly afterCommit: Action[];
}

/** MySQL: deadlock, lock wait timeout; PostgreSQL: serialization failure, deadlock. */
const transientCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', '40001', '40P01']);
const MAX_ATTEMPTS = 8;

const isTransient = (error: unknown): boolean => {
  const { code, driverError } = error as { code?: string; driverError?: { code?: string } };
  return transientCodes.has(driverError?.code ?? code ?? '');
};

/**
 * The one way to the database. Repositories read `manager` on every call, so none can step outside an
 * open transaction.
 */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly open = new AsyncLocalStorage<OpenTransaction>();

  constructor(private readonly dataSource: DataSource) {}

  get manager(): EntityManager {
    return this.open.getStore()?.manager ?? this.dataSource.manager;
  }

  get kind(): 'sqlite' | 'mysql' | 'postgres' {
    const { type } = this.dataSource.options;
    if (type === 'better-sqlite3') return 'sqlite';
    return type === 'postgres' ? 'postgres' : 'mysql';
  }

  /**
   * Runs `work` in a transaction; a nested call joins the open one. `work` holds database calls only and is
   * run again, whole, when the database had to break a deadlock: no network, no files, no `Promise.all` in it.
   */
  async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.open.getStore()) return work();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runOnce(work, options);
      } catch (error) {
        if (!isTransient(error) || attempt === MAX_ATTEMPTS) throw error;
      }
      await sleep(Math.random() * 10 * 2 ** attempt);
    }
  }

  /** Queues `action` until the open transaction has committed, or runs it now when none is open. It must not throw. */
  afterCommit(action: Action): void {
    const open = this.open.getStore();
    if (open) open.afterCommit.push(action);
    else action();
  }

  /** Lock for rows that are read to be changed; SQLite needs none, its transactions are exclusive from the start. */
  get forUpdate(): { lock?: { mode: 'pessimistic_write' } } {
    return this.kind === 'sqlite' ? {} : { lock: { mode: 'pessimistic_write' } };
  }

  private async runOnce<T>(work: () => Promise<T>, options: TransactionOptions): Promise<T> {
    const afterCommit: Action[] = [];
    const result = await this.commit((manager) => this.open.run({ manager, afterCommit }, work), options);
    afterCommit.forEach((action) => action());
    return result;
  }

  private async commit<T>(work: (manager: EntityManager) => Promise<T>, { canBeLost = false }: TransactionOptions): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    runner.data = { canBeLost };
    try {
      await runner.startTransaction(this.kind === 'sqlite' ? undefined : 'READ COMMITTED');
      const result = await work(runner.manager);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await this.rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async rollBack(runner: QueryRunner): Promise<void> {
    if (!runner.isTransactionActive) return;
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // The caller needs the first error; the connection is broken and goes.
      this.logger.warn(`A transaction could not be rolled back: ${String(error)}`);
    }
  }
}
