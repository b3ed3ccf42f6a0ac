import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfCheck, JamfCheckDepth } from '#libs/entities/jamf-check.entity.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfPoint } from '#libs/entities/jamf-point.entity.js';
import { filenameKey } from '#libs/packages/filename.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfNothingToCheck, JamfNotSetUp } from '../jamf.errors.js';
import { CheckAsClient, COMPARE_KEY } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { CheckTargets, type PackageTarget } from './check-targets.js';
import { type CheckCount, type CheckFilter, JamfCheckRepository } from './jamf-check.repository.js';

export interface ChecksAsked {
  /** Undefined: those of every package, at most `MOST_ASKED` at each server. */
  readonly filenames: readonly string[] | undefined;
  /** Undefined: at every distribution point. */
  readonly isses: readonly string[] | undefined;
  readonly depth: JamfCheckDepth;
}

export interface ChecksPage {
  readonly rows: readonly JamfCheck[];
  readonly counts: readonly CheckCount[];
  readonly points: ReadonlyMap<string, JamfPoint>;
}

/** At one server, in one request. */
export const MOST_ASKED = 200;

const untried = { state: 'waiting', detail: '', checkedMs: null, wholeMs: null, rate: null } as const;

/** What computers get from distribution points, and what is to be tried now. */
@Injectable()
export class JamfChecksService {
  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly checks: JamfCheckRepository,
    private readonly points: JamfPointRepository,
    private readonly targets: CheckTargets,
    private readonly leadership: JamfLeadership,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Throws JamfNotSetUp. */
  async list(filter: CheckFilter, afterId: number, limit: number): Promise<ChecksPage> {
    await this.requireConnection();
    const points = new Map((await this.points.all()).map((point) => [point.iss, point]));
    return { rows: await this.checks.list(filter, afterId, limit), counts: await this.checks.counts(), points };
  }

  /** Has packages tried now; answers how many. Throws JamfNotSetUp, JamfLedElsewhere, JamfNothingToCheck. */
  async ask({ filenames, isses, depth }: ChecksAsked): Promise<number> {
    await this.leadership.requireNoOther(await this.requireConnection());
    const keys = filenames && new Set(filenames.map(filenameKey));
    const found = (await this.targets.all())
      .filter(({ point }) => isses === undefined || isses.includes(point.iss))
      .map(({ point, targets }) => {
        const chosen = keys === undefined ? targets : targets.filter((target) => keys.has(target.filenameKey));
        return { iss: point.iss, chosen: chosen.slice(0, MOST_ASKED) };
      });
    const total = found.reduce((sum, { chosen }) => sum + chosen.length, 0);
    if (total === 0) throw new JamfNothingToCheck();
    await this.db.transaction(async () => {
      for (const { iss, chosen } of found) await this.mark(iss, chosen, depth);
      await this.audit.record({ action: 'jamf.checks_asked', details: { depth, downloads: total, filenames: filenames ?? null } });
      await this.jobs.add(CheckAsClient, {}, { key: COMPARE_KEY, now: true });
    });
    return total;
  }

  private async mark(iss: string, targets: readonly PackageTarget[], asked: JamfCheckDepth): Promise<void> {
    const askedMs = this.clock.now();
    const known = new Map((await this.checks.ofServer(iss)).map((row) => [row.filenameKey, row]));
    for (const { filename, filenameKey: key, uuid } of targets) {
      const { id: _id, ...before } = known.get(key) ?? { ...untried, id: 0, iss, filename, filenameKey: key, uuid };
      await this.checks.save({ ...before, asked, askedMs });
    }
  }

  private async requireConnection(): Promise<JamfConnection> {
    const saved = await this.connections.find();
    if (saved === null) throw new JamfNotSetUp();
    return saved;
  }
}
