/**
 * TypeORM gives every caller of a SQLite DataSource the SAME QueryRunner on the SAME connection, so two
 * concurrent transactions trample each other (measured: lost rows, dirty reads). The gate gives each
 * caller its own QueryRunner and lets only one of them use the connection at a time: a transaction holds
 * it from BEGIN IMMEDIATE to COMMIT or ROLLBACK, a lone statement for its own duration. Other processes on
 * the same file are waited for without blocking the event loop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';

/** How long a statement waits for its turn before it fails, in milliseconds. */
const TURN_TIMEOUT_MS = 60_000;
/** How long a statement waits for another process's write lock, in milliseconds. */
const BUSY_TIMEOUT_MS = 30_000;

/** One holder at a time, first come first served. */
class Gate {
  private owner: object | null = null;
  private readonly waiting: Array<{ who: object; go: () => void }> = [];

  isHeldBy(who: object): boolean {
    return this.owner === who;
  }

  async acquire(who: object): Promise<void> {
    if (this.owner === null) {
      this.owner = who;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const ticket = {
        who,
        go: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(ticket), 1);
        reject(new Error('The database was held by one transaction for too long.'));
      }, TURN_TIMEOUT_MS);
      this.waiting.push(ticket);
    });
  }

  release(): void {
    const next = this.waiting.shift();
    this.owner = next?.who ?? null;
    next?.go();
  }
}

/** The connection itself, as better-sqlite3 gives it to TypeORM's driver. */
interface Connection {
  readonly inTransaction: boolean;
  exec(sql: string): void;
}
interface Driver {
  readonly databaseConnection: Connection;
  createQueryRunner(mode: string): Runner;
}
type Runner = QueryRunner & {
  readonly driver: Driver;
  transactionDepth: number;
  isTransactionActive: boolean;
  isReleased: boolean;
  stmtCache: unknown;
};
type RunnerClass = new (driver: unknown) => Runner;

const isBusy = (error: unknown): boolean => {
  const { code, driverError } = error as { code?: string; driverError?: { code?: string } };
  return /^SQLITE_BUSY/.test(code ?? driverError?.code ?? '');
};

/** Runs `statement` again, without blocking the event loop, as long as another process holds the SQLite file. */
export async function whenFree<T>(statement: () => Promise<T>): Promise<T> {
  const giveUp = Date.now() + BUSY_TIMEOUT_MS;
  for (let wait = 2; ; wait = Math.min(wait * 2, 100)) {
    try {
      return await statement();
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUp) throw error;
    }
    await sleep(wait + Math.random() * wait);
  }
}

type ErrorListener = (error: unknown) => void;
const listeners = new WeakMap<DataSource, ErrorListener[]>();

/** Calls back with every error of SQLite on this data source, in a transaction or not. */
export function onSqliteError(dataSource: DataSource, listener: ErrorListener): void {
  listeners.set(dataSource, [...(listeners.get(dataSource) ?? []), listener]);
}

function gatedRunner(Plain: RunnerClass, gate: Gate, statements: unknown, report: ErrorListener): RunnerClass {
  return class GatedQueryRunner extends Plain {
    constructor(driver: unknown) {
      super(driver);
      this.stmtCache = statements;
    }

    override async query(sql: string, parameters?: unknown[], structured?: boolean): Promise<never> {
      try {
        return await this.inTurn(sql, parameters, structured);
      } catch (error) {
        report(error);
        throw error;
      }
    }

    private async inTurn(sql: string, parameters?: unknown[], structured?: boolean): Promise<never> {
      const run = (statement: string) => super.query(statement, parameters, structured as true) as Promise<never>;
      if (gate.isHeldBy(this)) {
        // IMMEDIATE: a deferred BEGIN that later turns into a write fails with BUSY_SNAPSHOT, at once and for good.
        if (sql === 'BEGIN TRANSACTION') return whenFree(() => run('BEGIN IMMEDIATE'));
        this.requireTransaction(sql);
        return whenFree(() => run(sql));
      }
      await gate.acquire(this);
      try {
        return await whenFree(() => run(sql));
      } finally {
        const isLeftOpen = this.endTransaction();
        gate.release();
        // The next statements of all other callers would be in it, acknowledged and never committed.
        if (isLeftOpen) throw new Error('A transaction begins with Database.transaction, never with a statement.');
      }
    }

    /** SQLite rolls a transaction back on some errors: what follows would be committed statement by statement. */
    private requireTransaction(sql: string): void {
      if (this.transactionDepth === 0 || sql === 'ROLLBACK' || this.driver.databaseConnection.inTransaction) return;
      throw new Error('SQLite has rolled the transaction back.');
    }

    /** True when a transaction was open on the connection, which is then rolled back. */
    private endTransaction(): boolean {
      const { databaseConnection: connection } = this.driver;
      if (!connection.inTransaction) return false;
      connection.exec('ROLLBACK');
      return true;
    }

    /** Each caller has its own runner, so that it can be refused once it is released. */
    override async release(): Promise<void> {
      await super.release();
      this.isReleased = true;
    }

    override async startTransaction(): Promise<void> {
      const isOutermost = this.transactionDepth === 0;
      if (isOutermost) await gate.acquire(this);
      try {
        if (isOutermost && !this.data['canBeLost']) await super.query('PRAGMA synchronous = FULL');
        await super.startTransaction();
      } catch (error) {
        if (isOutermost) await this.letGo();
        throw error;
      }
    }

    override async commitTransaction(): Promise<void> {
      await super.commitTransaction();
      if (this.transactionDepth === 0) await this.letGo();
    }

    override async rollbackTransaction(): Promise<void> {
      const isOutermost = this.transactionDepth === 1;
      try {
        await super.rollbackTransaction();
      } finally {
        if (isOutermost) await this.letGo();
      }
    }

    /** Ends this runner's turn whatever happened in it: a gate that stays shut would stop the server. */
    private async letGo(): Promise<void> {
      if (!gate.isHeldBy(this)) return;
      this.transactionDepth = 0;
      this.isTransactionActive = false;
      try {
        this.endTransaction();
        if (!this.data['canBeLost']) await super.query('PRAGMA synchronous = NORMAL');
      } finally {
        gate.release();
      }
    }
  };
}

/** Puts the gate in front of a SQLite data source; leaves any other as it is. */
export function gateSqlite(dataSource: DataSource): DataSource {
  if (dataSource.options.type !== 'better-sqlite3') return dataSource;
  const driver = dataSource.driver as unknown as Driver;
  const plain = driver.createQueryRunner('master');
  const report = (error: unknown): void => listeners.get(dataSource)?.forEach((listener) => listener(error));
  const Gated = gatedRunner(plain.constructor as RunnerClass, new Gate(), plain.stmtCache, report);
  driver.createQueryRunner = () => new Gated(driver);
  return dataSource;
}
