import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** A bandwidth that all processes of a server share. */
@Entity('rate_bucket')
export class RateBucket {
  @PrimaryColumn({ type: 'varchar', length: 60 }) name!: string;
  /** Until when the bandwidth is promised, epoch microseconds: the theoretical arrival time of the GCRA (ITU-T I.371). */
  @BigIntColumn() promisedUntilUs!: number;
}
