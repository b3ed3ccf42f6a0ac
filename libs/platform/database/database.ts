import { Injectable, Logger } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type QueryRunner } from 'typeorm';
import { tracedPart } from '../tracing/spans.js';
import { MAX_ATTEMPTS, pause } from './attempts.js';
import { insertable, insertNewPart, insertPart, type Rows } from './insert-rows.js';
import { onSqliteError } from './sqlite-gate.js';
import { isConflict, isConnectionLoss } from './transient-errors.js';

type Action = () => void;

export interface TransactionOptions {
  /**
   * The work can be found or fetched again after a power cut (never after a mere crash of the process): SQLite then
   * need not wait for the disk. Leave it out for everything that was acknowledged.
   */
  readonly canBeLost?: boolean;
}

/** One try at a transaction, from before BEGIN to after COMMIT or ROLLBACK. */
interface Attempt {
  readonly manager: EntityManager;
  readonly afterCommit: Action[];
  readonly canBeLost: boolean;
  /** COMMIT was sent: what an error says after it is not known to be true. */
  isCommitting: boolean;
  isOver: boolean;
}

/**
 * The one way to the database. Repositories read `manager` on every call, so none can step outside an
 * open transaction.
 */
@Injectable()
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly open = new AsyncLocalStorage<Attempt>();

  constructor(private readonly dataSource: DataSource) {}

  /** Calls back with every error of an SQLite file. */
  onSqliteError(listener: (error: unknown) => void): void {
    onSqliteError(this.dataSource, listener);
  }

  get manager(): EntityManager {
    return this.attempt?.manager ?? this.dataSource.manager;
  }

  /** Whether a power cut may undo what is written now although it was committed. */
  get canBeLost(): boolean {
    return this.kind === 'sqlite' && (this.attempt?.canBeLost ?? true);
  }

  get kind(): 'sqlite' | 'mysql' | 'postgres' | 'mssql' {
    const { type } = this.dataSource.options;
    if (type === 'better-sqlite3') return 'sqlite';
    return type === 'postgres' || type === 'mssql' ? type : 'mysql';
  }

  /** Inserts all rows or none; throws when a key is there already. The rows are left as they are: what the database generates is not in them. */
  insertRows<Entity extends ObjectLiteral>(target: EntityTarget<Entity>, rows: Rows<Entity>): Promise<void> {
    return this.inParts(insertable(this.manager, target, rows), (part) => insertPart(this.manager, target, part));
  }

  /** Inserts those rows whose keys no other row has, and leaves out the others. Of two callers at once one wins. */
  insertNew<Entity extends ObjectLiteral>(target: EntityTarget<Entity>, rows: Rows<Entity>): Promise<void> {
    return this.inParts(insertable(this.manager, target, rows), (part) => insertNewPart(this.manager, target, part));
  }

  private async inParts<Part>(parts: readonly Part[], insert: (part: Part) => Promise<void>): Promise<void> {
    if (parts.length === 1) return insert(parts[0]!);
    if (parts.length === 0) return;
    await this.transaction(async () => {
      for (const part of parts) await insert(part);
    });
  }

  /**
   * Runs `work` in a transaction; a nested call joins the open one. `work` holds database calls only and is run
   * again, whole, when the database had to break a deadlock or its connection broke before COMMIT: no network, no
   * files, no `Promise.all` in it.
   */
  async transaction<T>(work: () => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (this.attempt) return work();
    return tracedPart('transaction', () => this.tryUntilDone(work, options));
  }

  private async tryUntilDone<T>(work: () => Promise<T>, options: TransactionOptions): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      const runner = this.dataSource.createQueryRunner();
      const attempt: Attempt = {
        manager: runner.manager,
        afterCommit: [],
        canBeLost: options.canBeLost ?? false,
        isCommitting: false,
        isOver: false,
      };
      try {
        const result = await this.tryOnce(runner, attempt, work, options);
        attempt.afterCommit.forEach((action) => this.act(action));
        return result;
      } catch (error) {
        const isHarmless = isConflict(error) || (isConnectionLoss(error) && !attempt.isCommitting);
        if (!isHarmless || tries === MAX_ATTEMPTS) throw error;
      }
      await pause(tries);
    }
  }

  /**
   * Runs statements outside of a transaction, again when the database gave way to another or its connection broke.
   * Only for what may be done twice: whether the first try counted is not known.
   */
  async repeatable<T>(statements: () => Promise<T>): Promise<T> {
    if (this.attempt) return statements();
    for (let tries = 1; ; tries += 1) {
      try {
        return await statements();
      } catch (error) {
        if (!(isConflict(error) || isConnectionLoss(error)) || tries === MAX_ATTEMPTS) throw error;
      }
      await pause(tries);
    }
  }

  /** Queues `action` until the open transaction has committed, or runs it now when none is open. It must not throw. */
  afterCommit(action: Action): void {
    const { attempt } = this;
    if (attempt) attempt.afterCommit.push(action);
    else this.act(action);
  }

  /** Lock for rows that are read to be changed; SQLite needs none, its transactions are exclusive from the start. */
  get forUpdate(): { lock?: { mode: 'pessimistic_write' } } {
    return this.kind === 'sqlite' ? {} : { lock: { mode: 'pessimistic_write' } };
  }

  /** The transaction around the caller. Work that was left running when it ended must not write outside it. */
  private get attempt(): Attempt | undefined {
    const attempt = this.open.getStore();
    if (attempt?.isOver) throw new Error('The transaction has ended, and work that was started in it still wants the database.');
    return attempt;
  }

  private async tryOnce<T>(
    runner: QueryRunner,
    attempt: Attempt,
    work: () => Promise<T>,
    { canBeLost = false }: TransactionOptions,
  ): Promise<T> {
    runner.data = { canBeLost };
    const { failIfBroken } = failForGood(runner);
    try {
      await runner.startTransaction(this.kind === 'sqlite' ? undefined : 'READ COMMITTED');
      const result = await this.open.run(attempt, work);
      failIfBroken();
      attempt.isCommitting = true;
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await this.rollBack(runner, error);
      throw error;
    } finally {
      attempt.isOver = true;
      await runner.release();
    }
  }

  private async rollBack(runner: QueryRunner, reason: unknown): Promise<void> {
    if (!runner.isTransactionActive) return;
    try {
      await runner.rollbackTransaction();
    } catch (error) {
      // The caller needs the first error. A broken connection goes, and SQL Server has rolled back what lost a deadlock.
      if (!isConnectionLoss(reason) && !isConflict(reason)) this.logger.warn(`A transaction could not be rolled back: ${String(error)}`);
    }
  }

  private act(action: Action): void {
    try {
      action();
    } catch (error) {
      this.logger.error({ msg: 'After-commit hook failed; the transaction is committed.', err: error });
    }
  }
}

/**
 * MySQL rolls the whole transaction back when it breaks a deadlock, and would then take the next statement for one
 * of its own, committed at once. So work that swallows such an error gets it again at every further step.
 */
function failForGood(runner: QueryRunner): { failIfBroken(): void } {
  let reason: Error | undefined;
  const query = runner.query.bind(runner) as (...call: unknown[]) => Promise<never>;
  const failIfBroken = (): void => {
    if (reason) throw reason;
  };
  runner.query = async (...call: unknown[]): Promise<never> => {
    if (call[0] !== 'ROLLBACK') failIfBroken();
    try {
      return await query(...call);
    } catch (error) {
      if (isConflict(error) || isConnectionLoss(error)) reason ??= error as Error;
      throw error;
    }
  };
  return { failIfBroken };
}
