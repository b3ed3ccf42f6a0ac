import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** Digests of a content that other systems ask for, lower case hexadecimal; made in one read that also matched its SHA-256. */
@Entity('content_digest')
export class ContentDigest {
  @PrimaryColumn({ type: 'varchar', length: 32 }) uuid!: string;
  @Column({ type: 'varchar', length: 32 }) md5!: string;
  @Column({ type: 'varchar', length: 128 }) sha512!: string;
  /** Null until something asks for it: it costs three times as much as the others. */
  @Column({ type: 'varchar', length: 128, nullable: true }) sha3512!: string | null;
  @BigIntColumn() computedMs!: number;
}
