import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** The position of a consumer of events. */
@Entity('event_position')
export class EventPosition {
  @PrimaryColumn({ type: 'varchar', length: 40 }) consumer!: string;
  @BigIntColumn() eventId!: number;
}
