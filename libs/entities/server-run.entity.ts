import { Column, Entity, PrimaryColumn } from 'typeorm';
import { HexIdColumn } from '#libs/platform/database/columns.js';

/** Whether this database has seen the last clean stop of its server: one row, id 1. */
@Entity('server_run')
export class ServerRun {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** The mark of the last clean stop; null while a server runs, and after it crashed. */
  @HexIdColumn({ nullable: true }) stopId!: string | null;
  /** The same in DATA_DIR since the last start: another one there says that this database is an earlier state. */
  @Column({ type: 'varchar', length: 32, nullable: true }) startId!: string | null;
}
