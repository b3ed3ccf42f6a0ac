import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';
import type { OwnClockState } from '#libs/replication/clock-comparison.js';

/** What the other servers' clocks say of this server's clock: one row, id 1, so that each change is recorded by one process. */
@Entity('own_clock')
export class OwnClockRow {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 8 }) state!: OwnClockState;
  /** The median of the other clocks minus this one's, in milliseconds. */
  @BigIntColumn({ nullable: true }) offsetMs!: number | null;
  @BigIntColumn() sinceMs!: number;
}
