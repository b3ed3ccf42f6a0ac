import { Injectable } from '@nestjs/common';
import { In, LessThan, LessThanOrEqual, MoreThan } from 'typeorm';
import { Job } from '#libs/entities/job.entity.js';
import { Database } from '../database/database.js';
import type { ClaimedJob, Outcome } from './job-outcome.js';

export type NewJob = Pick<Job, 'id' | 'type' | 'dedupeKey' | 'payload' | 'dueMs' | 'createdMs'>;

/** Every query on jobs. Each change of state is one conditional statement, so that two processes cannot both make it. */
@Injectable()
export class JobRepository {
  constructor(private readonly db: Database) {}

  /** False when another row has the key. */
  async insert(job: NewJob): Promise<boolean> {
    const row = { ...job, state: 'due' as const, lease: null, again: false, attempts: 0, lastError: null };
    await this.db.insertNew(Job, [row as never]);
    return job.dedupeKey === null || (await this.db.manager.countBy(Job, { id: job.id })) === 1;
  }

  /** Inserts those whose keys no other row has; answers which ones that were. */
  async insertMany(jobs: readonly NewJob[]): Promise<NewJob[]> {
    if (jobs.length === 0) return [];
    const rows = jobs.map((job) => ({ ...job, state: 'due' as const, lease: null, again: false, attempts: 0, lastError: null }));
    await this.db.insertNew(Job, rows as never);
    const found = await this.db.manager.find(Job, { select: { id: true }, where: { id: In(jobs.map(({ id }) => id)) } });
    const inserted = new Set(found.map(({ id }) => id));
    return jobs.filter(({ id }) => inserted.has(id));
  }

  /** Brings a waiting or failed job forward; answers it, or null when there is none that waits. */
  async bringForward(dedupeKey: string, dueMs: number, evenInBackoff: boolean): Promise<Job | null> {
    const found = await this.db.manager.findOne(Job, { where: { dedupeKey, state: In(['due', 'failed']) }, ...this.db.forUpdate });
    if (!found) return null;
    const isBackingOff = found.state === 'due' && found.attempts > 0 && !evenInBackoff;
    if (isBackingOff || (found.state === 'due' && found.dueMs <= dueMs)) return found;
    const changed = { state: 'due' as const, dueMs, attempts: 0 };
    const { affected } = await this.db.manager.update(Job, { id: found.id, state: found.state, dueMs: found.dueMs }, changed);
    return affected === 1 ? { ...found, ...changed } : null;
  }

  async askAgain(dedupeKey: string): Promise<boolean> {
    const { affected } = await this.db.manager.update(Job, { dedupeKey, state: 'running' }, { again: true });
    return affected === 1;
  }

  findById(id: string): Promise<Job | null> {
    return this.db.manager.findOneBy(Job, { id });
  }

  /** Jobs that are due, and jobs whose lease has expired. */
  findDue(types: readonly string[], now: number, limit: number): Promise<Job[]> {
    return this.db.manager.find(Job, {
      where: { state: In(['due', 'running']), dueMs: LessThanOrEqual(now), type: In(types) },
      order: { dueMs: 'ASC' },
      take: limit,
    });
  }

  /** A clock that was wrong has put these off beyond any delay there is: they are due now. Answers how many. */
  async bringBack(where: { type: string; afterMs: number; isBackingOff: boolean }, now: number): Promise<number> {
    const { type, afterMs, isBackingOff } = where;
    const attempts = isBackingOff ? MoreThan(0) : 0;
    const { affected } = await this.db.manager.update(Job, { type, state: 'due', attempts, dueMs: MoreThan(afterMs) }, { dueMs: now });
    return affected ?? 0;
  }

  /** Names of the leases that last. */
  async findLeases(now: number): Promise<string[]> {
    const rows = await this.db.manager
      .createQueryBuilder(Job, 'job')
      .select('job.lease', 'lease')
      .distinct()
      .where({ state: 'running', dueMs: MoreThan(now) })
      .getRawMany<{ lease: string }>();
    return rows.map(({ lease }) => lease);
  }

  /** Whoever held it is not waited for any longer. */
  async endLease(lease: string, now: number): Promise<void> {
    await this.db.manager.update(Job, { lease, state: 'running' }, { dueMs: now });
  }

  /** Jobs that are due and were never tried, oldest first. */
  findUntried(type: string, now: number, limit: number): Promise<Job[]> {
    return this.db.manager.find(Job, {
      where: { type, state: 'due', attempts: 0, dueMs: LessThanOrEqual(now) },
      order: { dueMs: 'ASC' },
      take: limit,
    });
  }

  /** Takes those that are still untried; answers which ones that were. */
  async claimMany(ids: readonly string[], lease: string, leaseEndsMs: number): Promise<Job[]> {
    const change = { state: 'running' as const, lease, dueMs: leaseEndsMs, attempts: 1, again: false };
    await this.db.manager.update(Job, { id: In(ids), state: 'due', attempts: 0 }, change);
    return this.db.manager.findBy(Job, { id: In(ids), lease });
  }

  async extendMany(lease: string, leaseEndsMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(Job, { lease }, { dueMs: leaseEndsMs });
    return affected !== 0;
  }

  /** Those of the lease that are done go, unless they were asked for once more. */
  async finishMany(ids: readonly string[], lease: string): Promise<void> {
    if (ids.length > 0) await this.db.manager.delete(Job, { id: In(ids), lease, again: false });
  }

  /** Hands back all that is left of a lease; answers what is due again. */
  async giveBackMany(lease: string, now: number): Promise<Job[]> {
    const left = await this.db.manager.findBy(Job, { lease });
    if (left.length > 0) await this.db.manager.update(Job, { lease }, { state: 'due', dueMs: now, lease: null, again: false });
    return left;
  }

  /** Claims the job as it was read; false when another process was first. */
  async claim(seen: Job, lease: string, leaseEndsMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(
      Job,
      { id: seen.id, state: seen.state, dueMs: seen.dueMs },
      { state: 'running', lease, dueMs: leaseEndsMs, attempts: seen.attempts + 1, again: false },
    );
    return affected === 1;
  }

  async extend(id: string, lease: string, leaseEndsMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(Job, { id, lease }, { dueMs: leaseEndsMs });
    return affected === 1;
  }

  /**
   * Writes down how a run ended; nothing when the lease was lost. Answers when the row is due again, null when it
   * is not.
   */
  settle({ id, lease }: ClaimedJob, outcome: Outcome, now: number): Promise<number | null> {
    return this.db.repeatable(async () => {
      if (outcome.state === 'done') {
        const { affected } = await this.db.manager.delete(Job, { id, lease, again: false });
        return affected === 1 ? null : this.runOnceMore(id, lease, now);
      }
      const { givesWayToRerun, ...change } = outcome;
      const unless = givesWayToRerun ? { again: false } : {};
      const { affected } = await this.db.manager.update(Job, { id, lease, ...unless }, { ...change, lease: null, again: false });
      if (affected !== 1) return this.runOnceMore(id, lease, now);
      return change.state === 'due' ? change.dueMs : null;
    });
  }

  /** The same work was asked for while it ran. */
  private async runOnceMore(id: string, lease: string, now: number): Promise<number | null> {
    const change = { state: 'due' as const, dueMs: now, attempts: 0, lease: null, again: false };
    const { affected } = await this.db.manager.update(Job, { id, lease, again: true }, change);
    return affected === 1 ? now : null;
  }

  /** Forgets jobs that gave up before then. */
  async removeFailedBefore(ms: number): Promise<void> {
    await this.db.manager.delete(Job, { state: 'failed', dueMs: LessThan(ms) });
  }

  /** Jobs that gave up, newest first: what an administrator is shown. */
  findFailed(limit: number): Promise<Job[]> {
    return this.db.manager.find(Job, { where: { state: 'failed' }, order: { dueMs: 'DESC' }, take: limit });
  }
}
