import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { DatabaseOutage } from '../database/database-outage.js';
import { Database } from '../database/database.js';
import { JobQueue } from '../jobs/job-queue.js';
import { type HealthCheck, HealthChecks, type HealthFinding } from './health-checks.js';
import { Shutdown } from './shutdown.js';

/** `degraded`: serves, and keeps what it is given, but something that people wait for goes slower or waits. */
export interface ReadinessReport {
  readonly status: 'ready' | 'degraded' | 'not ready';
  readonly reasons: readonly string[];
  /** What each part says of itself: its `state` and further members (docs/operations/troubleshooting.md). */
  readonly checks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
    private readonly checks: HealthChecks,
    private readonly outage: DatabaseOutage,
    private readonly config: Config,
  ) {}

  async report(): Promise<ReadinessReport> {
    const [database, queueFault] = await Promise.all([this.database(), this.queue.fault()]);
    const redis = this.redis(queueFault);
    const findings: [string, HealthFinding][] = [['database', database]];
    if (redis !== null) findings.push(['redis', redis]);
    // The other parts look into the database too.
    if (database.obstacle == null) for (const [name, check] of this.checks.all) findings.push([name, await findingOf(check)]);
    const obstacles = [
      ...(this.shutdown.signal.aborted ? ['The server is stopping.'] : []),
      ...findings.map(([, { obstacle }]) => obstacle).filter((reason) => reason != null),
    ];
    const burdens = [...findings.map(([, { burden }]) => burden).filter((reason) => reason != null)];
    const status = obstacles.length > 0 ? 'not ready' : burdens.length > 0 ? 'degraded' : 'ready';
    return {
      status,
      reasons: [...obstacles, ...burdens],
      checks: Object.fromEntries(findings.map(([name, found]) => [name, shown(found)])),
    };
  }

  /** Null without Redis. */
  private redis(fault: string | null): HealthFinding | null {
    if (!this.config.get('REDIS_URL')) return null;
    if (fault === null) return { state: 'ok' };
    const burden = 'Redis does not answer; jobs wait in the database until it does.';
    return { state: 'away', since: sinceOf(this.queue.brokenSinceMs), burden };
  }

  private async database(): Promise<HealthFinding> {
    if (await this.databaseAnswers()) return { state: 'ok' };
    return { state: 'away', since: sinceOf(this.outage.beganMs), obstacle: 'The database does not answer.' };
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

/** A part that has only now failed to answer in time has no earlier moment. */
const sinceOf = (ms: number | null): string => new Date(ms ?? Date.now()).toISOString();

/** A check that throws is a burden of the server; the results of the others are still answered. */
async function findingOf(check: HealthCheck): Promise<HealthFinding> {
  try {
    return await check();
  } catch (error) {
    return { state: 'unknown', burden: `A part of the server could not be examined: ${(error as Error).message}` };
  }
}

const shown = ({ obstacle: _obstacle, burden: _burden, ...members }: HealthFinding): Readonly<Record<string, unknown>> => members;
