import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';
import type { RightsPreset } from '#libs/replication/publish-rights.js';

/** What this server accepts from a server as the author of writes (docs/mesh.md §13). */
@Entity('author_rights')
export class AuthorRights {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  @Column({ type: 'varchar', length: 20 }) preset!: RightsPreset;
  /** The rights of the preset `custom`, JSON; null of the others. */
  @Column({ type: 'text', nullable: true }) rights!: string | null;
  @BigIntColumn() updatedMs!: number;
}
