import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** One change or sign-in: who, what, when, from where. Written in the transaction of the change itself. */
@Entity('audit_event')
export class AuditEvent {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Index('ix_audit_event_at') @BigIntColumn() atMs!: number;
  /** `user`, `token`, `peer` or `system`. */
  @Column({ type: 'varchar', length: 10 }) actorKind!: string;
  @Column({ type: 'varchar', length: 128 }) actor!: string;
  /** For example `package.uploaded`. */
  @Column({ type: 'varchar', length: 60 }) action!: string;
  /** What it was done to: a filename, a user name, a peer. */
  @Column({ type: 'varchar', length: 255, nullable: true }) subject!: string | null;
  @Column({ type: 'simple-json', nullable: true }) details!: Record<string, unknown> | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) address!: string | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) requestId!: string | null;
}
