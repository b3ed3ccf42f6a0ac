import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** `due` will run at dueMs; `running` until its lease ends at dueMs; `failed` gave up and is kept for an administrator. */
export type JobState = 'due' | 'running' | 'failed';

/** Work to do. The queue only carries ids; a row is deleted when its work is done. */
@Entity('job')
@Index('ix_job_due', ['state', 'dueMs'])
export class Job {
  @PrimaryColumn({ type: 'varchar', length: 32 }) id!: string;
  @Column({ type: 'varchar', length: 60 }) type!: string;
  /** At most one row with this key: later requests for the same work join it. */
  @Index('uq_job_dedupe_key', { unique: true })
  @Column({ type: 'varchar', length: 120, nullable: true })
  dedupeKey!: string | null;
  @Column({ type: 'simple-json' }) payload!: unknown;
  @Column({ type: 'varchar', length: 8 }) state!: JobState;
  /** When it may run; while running, when its lease ends. */
  @BigIntColumn() dueMs!: number;
  /** Names the claim: only its holder may finish the job. */
  @Column({ type: 'varchar', length: 32, nullable: true }) lease!: string | null;
  /** Asked for again while running: run once more. */
  @Column({ type: 'boolean' }) again!: boolean;
  @Column({ type: 'integer' }) attempts!: number;
  @Column({ type: 'text', nullable: true }) lastError!: string | null;
  @BigIntColumn() createdMs!: number;
}
