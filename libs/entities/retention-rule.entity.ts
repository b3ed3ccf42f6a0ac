import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Stage } from '#libs/replication/stage.js';

/** How many versions of a title are kept. The first rule that fits a package decides. */
@Entity('retention_rule')
export class RetentionRule {
  @PrimaryColumn({ type: 'integer' }) position!: number;
  /** Null: any. */
  @Column({ type: 'varchar', length: 4, nullable: true }) stage!: Stage | null;
  /** With `*` and `?`, whatever the case; null: any. */
  @Column({ type: 'varchar', length: 255, nullable: true }) filename!: string | null;
  /** Null: any. */
  @Column({ type: 'varchar', length: 255, nullable: true }) titleKey!: string | null;
  /** The newest versions of each title, in each stage. At least 1. */
  @Column({ type: 'integer' }) keep!: number;
  /** Younger packages are kept, however many there are. */
  @Column({ type: 'integer' }) minAgeDays!: number;
}
