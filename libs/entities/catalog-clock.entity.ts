import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** The catalog's sequence and hybrid logical clock (MESH §2, §3): one row, id 1, locked by every catalog write. */
@Entity('catalog_clock')
export class CatalogClock {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** Names this database: a reader who knows another epoch starts again from 0. */
  @HexIdColumn() epoch!: string;
  /** The last sequence number given out. */
  @BigIntColumn() seq!: number;
  /** The last sequence number that is on the disk, also after a power cut: no later one is sent to a peer. */
  @BigIntColumn({ default: 0 }) durableSeq!: number;
  @BigIntColumn() wallMs!: number;
  @Column({ type: 'integer' }) counter!: number;
}
