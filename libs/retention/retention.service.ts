import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { MassChangeGuard } from '#libs/packages/catalog/mass-change-guard.js';
import { PackageNotFound } from '#libs/packages/packages.errors.js';
import { PackagesService } from '#libs/packages/packages.service.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import type { Verdict } from './plan-retention.js';
import { RetentionPlanner } from './retention-planner.js';
import { RetentionUnconfirmed } from './retention.errors.js';
import { RetentionRepository, type RetentionState } from './retention.repository.js';

/** Of one request: each is a transaction, and a caller waits. */
export const MOST_AT_ONCE = 500;

export interface Retention {
  readonly rules: readonly RetentionRule[];
  readonly state: RetentionState;
}

const removals = (plan: readonly Verdict[]): Verdict[] => plan.filter(({ isRemoved }) => isRemoved);

/** How many old versions are kept, and the removal of the rest. */
@Injectable()
export class RetentionService {
  constructor(
    private readonly repository: RetentionRepository,
    private readonly planner: RetentionPlanner,
    private readonly packages: PackagesService,
    private readonly guard: MassChangeGuard,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  async get(): Promise<Retention> {
    return { rules: await this.repository.rules(), state: await this.repository.state() };
  }

  async set(rules: readonly RetentionRule[], automatic: boolean): Promise<Retention> {
    await this.db.transaction(async () => {
      const before = await this.get();
      await this.repository.replaceRules(rules);
      await this.repository.setState({ automatic, held: 0 });
      const details = { before: { rules: before.rules, automatic: before.state.automatic }, after: { rules, automatic } };
      await this.audit.record({ action: 'retention.updated', details });
    });
    return this.get();
  }

  /** What rules would do; the saved ones unless others are given. */
  async plan(rules?: readonly RetentionRule[]): Promise<Verdict[]> {
    return this.planner.plan(rules ?? (await this.repository.rules()));
  }

  /**
   * Removes what the saved rules say, when it is as many packages as were confirmed. Answers how many were removed, and how many are left
   * for another call. Throws RetentionUnconfirmed or StageNotYours.
   */
  async apply(confirmed: number | undefined): Promise<{ removed: number; remaining: number }> {
    const due = removals(await this.plan());
    if (due.length !== confirmed) throw new RetentionUnconfirmed(due.length);
    requireStages(...due.map(({ subject }) => subject.stage)); // before the first is removed
    const batch = due.slice(0, MOST_AT_ONCE);
    return { removed: await this.remove(batch, true), remaining: due.length - batch.length };
  }

  /** The daily run. Removes nothing when it would be too much to be done without a person. Throws JobInterrupted. */
  async runDaily(signal: AbortSignal): Promise<void> {
    const { automatic, held } = await this.repository.state();
    if (!automatic) return;
    const due = removals(await this.plan());
    if (due.length > 0 && (await this.guard.wouldBeMass(due.length, ''))) return this.hold(due.length, held);
    const removed = await this.remove(due, false, signal);
    await this.repository.setState({ ranMs: this.clock.now(), removed, held: 0 });
  }

  private async hold(packages: number, before: number): Promise<void> {
    await this.db.transaction(async () => {
      await this.repository.setState({ ranMs: this.clock.now(), removed: 0, held: packages });
      if (packages === before) return; // it was said yesterday
      await this.audit.record({ action: 'retention.held', details: { packages } });
      await this.events.record('retention.held', { packages });
    });
  }

  private async remove(due: readonly Verdict[], isConfirmed: boolean, signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (const { subject } of due) {
      if (signal?.aborted === true) throw new JobInterrupted();
      const { uuid, stage, filename } = subject;
      try {
        await this.packages.remove({ text: filename, by: 'name' }, isConfirmed, (row) => row.uuid === uuid && row.stage === stage);
        removed += 1;
      } catch (error) {
        if (!(error instanceof PackageNotFound)) throw error; // it was changed meanwhile, and the next plan says what becomes of it
      }
    }
    return removed;
  }
}
