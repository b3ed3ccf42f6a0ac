import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { JobQueue } from '../jobs/job-queue.js';
import { Shutdown } from './shutdown.js';

/** `degraded`: serves, and keeps what it is given, but something that people wait for goes slower or waits. */
export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'not ready';
  readonly reasons: readonly string[];
}

/** An answer that takes longer is none: who asks has a limit too. */
const PATIENCE_MS = 3_000;

/** Whether this process can do its work now, and if not, why. */
@Injectable()
export class Readiness {
  constructor(
    private readonly db: Database,
    private readonly queue: JobQueue,
    private readonly shutdown: Shutdown,
  ) {}

  async report(): Promise<ReadinessReport> {
    const [hasDatabase, queueFault] = await Promise.all([this.databaseAnswers(), this.queue.fault()]);
    const obstacles = [
      ...(this.shutdown.signal.aborted ? ['The server is stopping.'] : []),
      ...(hasDatabase ? [] : ['The database does not answer.']),
    ];
    const burdens = queueFault === null ? [] : ['Redis does not answer; jobs wait in the database until it does.'];
    const status = obstacles.length > 0 ? 'not ready' : burdens.length > 0 ? 'degraded' : 'ready';
    return { status, reasons: [...obstacles, ...burdens] };
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), PATIENCE_MS)));
    const answer = this.db.manager.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}
