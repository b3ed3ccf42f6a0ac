import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** Something that happened here, for the consumers of events: open pages, webhooks, mail. */
@Entity('domain_event')
export class DomainEvent {
  /** Rising and gapless in the order of the commits: who has read up to one has missed none before it. */
  @PrimaryColumn({ type: 'bigint', transformer: { to: (value: number) => value, from: Number } }) id!: number;
  @Column({ type: 'varchar', length: 40 }) type!: string;
  @Column({ type: 'simple-json' }) data!: Record<string, unknown>;
  @Index('ix_domain_event_created') @BigIntColumn() createdMs!: number;
}
