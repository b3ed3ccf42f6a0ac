import { Logger } from '@nestjs/common';
import type { DataSource, QueryRunner } from 'typeorm';
import { DomainError } from '../errors/domain-error.js';
import { isConnectionLoss } from './transient-errors.js';

/** After this many seconds it makes sense to ask again. */
const RETRY_AFTER_SECONDS = 5;

/** The database server does not answer: what needs it is refused, and works again when it is back. */
export class DatabaseAway extends DomainError {
  readonly code = 'database-away';
  readonly status = 503;
  override readonly retryAfterSeconds = RETRY_AFTER_SECONDS;
  constructor() {
    super('The database of this server does not answer. Nothing was changed; try again in a moment.');
  }
}

/** Errors that came from the connection to the database, not from another one that broke. */
const losses = new WeakSet<object>();

/** Whether this is what a statement failed with because the database was away. */
export const isDatabaseLoss = (error: unknown): boolean => typeof error === 'object' && error !== null && losses.has(error);

const RELEASED = 'QueryRunnerAlreadyReleasedError';

/** Whether the database server answers: every statement shows it. An outage is logged once, and its end. */
export class DatabaseOutage {
  private readonly logger = new Logger('Database');
  private sinceMs: number | null = null;

  /** When the first statement failed, in epoch milliseconds; null while the database answers. */
  get beganMs(): number | null {
    return this.sinceMs;
  }

  /** Takes part in every statement of this data source. A file is never away. */
  watch(dataSource: DataSource): void {
    if (dataSource.options.type === 'better-sqlite3') return;
    const { driver } = dataSource;
    const create = driver.createQueryRunner.bind(driver);
    driver.createQueryRunner = (mode) => this.watched(create(mode));
  }

  private watched(runner: QueryRunner): QueryRunner {
    const query = runner.query.bind(runner) as (...call: unknown[]) => Promise<never>;
    const release = runner.release.bind(runner);
    let isOver = false;
    runner.release = () => {
      isOver = true;
      return release();
    };
    runner.query = async (...call: unknown[]): Promise<never> => {
      try {
        const answer = await query(...call);
        this.answered();
        return answer;
      } catch (error) {
        throw this.noted(error as Error, isOver);
      }
    };
    return runner;
  }

  /** PostgreSQL's driver takes the runner away when its connection breaks between two statements. */
  private noted(error: Error, isOver: boolean): Error {
    const wasTaken = error.name === RELEASED && !isOver;
    const loss = wasTaken ? new Error('Connection terminated between two statements.', { cause: error }) : error;
    if (isConnectionLoss(loss)) {
      losses.add(loss);
      this.failed(loss);
    } else if (isAnswer(error)) this.answered();
    return loss;
  }

  private failed(error: Error): void {
    if (this.sinceMs !== null) return;
    this.sinceMs = Date.now();
    const what = error.message || (error as { code?: string }).code || String(error); // an AggregateError has no message
    this.logger.error(
      `The database does not answer: ${what}. Requests that need it are answered 503 until it does; packages that are known are served.`,
    );
  }

  private answered(): void {
    if (this.sinceMs === null) return;
    const seconds = Math.round((Date.now() - this.sinceMs) / 1_000);
    this.sinceMs = null;
    this.logger.log(`The database answers again, after ${seconds} s.`);
  }
}

/** The database itself refused the statement. */
const isAnswer = (error: Error): boolean => error.name === 'QueryFailedError';
