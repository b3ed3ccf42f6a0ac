import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** Whether the rules for old versions are carried out daily, and what the last daily run did. The one row has id 1. */
@Entity('retention_settings')
export class RetentionSettings {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'boolean' }) automatic!: boolean;
  /** The last daily run; null before the first. */
  @BigIntColumn({ nullable: true }) ranMs!: number | null;
  /** What it removed. */
  @Column({ type: 'integer' }) removed!: number;
  /** What it left because it was too much to be done without a person; 0 when nothing was. */
  @Column({ type: 'integer' }) held!: number;
}
