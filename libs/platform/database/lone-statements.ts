import type { DataSource, QueryRunner } from 'typeorm';
import { MAX_ATTEMPTS, pause } from './attempts.js';
import { isConflict } from './transient-errors.js';

/**
 * A statement outside of a transaction is one of its own: when the database server ends it in favour of another one (a deadlock, a lock that is
 * held too long), nothing of it is left, and it is run again. Transactions are run again whole, by Database.
 */
export function repeatLoneStatements(dataSource: DataSource): void {
  const { driver } = dataSource;
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => repeating(create(mode));
}

function repeating(runner: QueryRunner): QueryRunner {
  const query = runner.query.bind(runner) as (...call: unknown[]) => Promise<never>;
  runner.query = async (...call: unknown[]): Promise<never> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await query(...call);
      } catch (error) {
        if (runner.isTransactionActive || !isConflict(error) || tries === MAX_ATTEMPTS) throw error;
      }
      await pause(tries);
    }
  };
  return runner;
}
