import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { Job } from '#libs/entities/job.entity.js';
import { Database } from '../database/database.js';

export type NewJob = Pick<Job, 'id' | 'type' | 'dedupeKey' | 'payload' | 'dueMs' | 'createdMs'>;

/** Every query on jobs. Each change of state is one conditional statement, so that two processes cannot both make it. */
@Injectable()
export class JobRepository {
  constructor(private readonly db: Database) {}

  async insert(job: NewJob): Promise<boolean> {
    const row = { ...job, state: 'due' as const, lease: null, again: false, attempts: 0, lastError: null };
    await this.db.manager.createQueryBuilder().insert().into(Job).values(row as never).orIgnore().updateEntity(false).execute();
    return (await this.db.manager.countBy(Job, { id: job.id })) === 1;
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

  /** Jobs whose time has come, and jobs whose holder has not been heard of for a lease. */
  findDue(now: number, limit: number): Promise<Job[]> {
    return this.db.manager.find(Job, {
      where: { state: In(['due', 'running']), dueMs: LessThanOrEqual(now) },
      order: { dueMs: 'ASC' },
      take: limit,
    });
  }

  /** Takes the job as it was seen; false when somebody else was first. */
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

  /** Deletes a finished job unless it was asked for again meanwhile. */
  async finish(id: string, lease: string): Promise<boolean> {
    const { affected } = await this.db.manager.delete(Job, { id, lease, again: false });
    return affected === 1;
  }

  async reschedule(
    id: string,
    lease: string,
    change: Pick<Job, 'dueMs' | 'attempts' | 'lastError'> & { state?: 'due' | 'failed' },
  ): Promise<boolean> {
    const { affected } = await this.db.manager.update(Job, { id, lease }, { state: 'due', ...change, lease: null, again: false });
    return affected === 1;
  }

  /** Jobs that gave up, newest first: what an administrator is shown. */
  findFailed(limit: number): Promise<Job[]> {
    return this.db.manager.find(Job, { where: { state: 'failed' }, order: { dueMs: 'DESC' }, take: limit });
  }
}
