import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** What the last hourly run of the promotion rules did: one row, id 1. */
@Entity('munki_promotion_state')
export class MunkiPromotionState {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @BigIntColumn({ nullable: true }) ranMs!: number | null;
  @Column({ type: 'integer' }) promoted!: number;
  /** Items that it left, because they were too many to be promoted without a person. */
  @Column({ type: 'integer' }) held!: number;
}
