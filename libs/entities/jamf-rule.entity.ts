import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Stage } from '#libs/replication/stage.js';

/** Which packages have a record in Jamf Pro, and what it says at first. The first rule that fits a package decides. */
@Entity('jamf_rule')
export class JamfRule {
  @PrimaryColumn({ type: 'integer' }) position!: number;
  /** False: packages that it fits have none. */
  @Column({ type: 'boolean' }) include!: boolean;
  /** Null: any. */
  @Column({ type: 'varchar', length: 4, nullable: true }) stage!: Stage | null;
  /** With `*` and `?`, whatever the case; null: any. */
  @Column({ type: 'varchar', length: 255, nullable: true }) filename!: string | null;
  /** Null: any. */
  @Column({ type: 'varchar', length: 255, nullable: true }) titleKey!: string | null;
  /** Null: none. */
  @Column({ type: 'varchar', length: 255, nullable: true }) category!: string | null;
  @Column({ type: 'integer' }) priority!: number;
  /** With `{filename}`, `{title}` and `{version}`. */
  @Column({ type: 'varchar', length: 255 }) nameTemplate!: string;
  @Column({ type: 'varchar', length: 500, nullable: true }) infoTemplate!: string | null;
}
