import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** How far a consumer has been told of events. */
@Entity('event_position')
export class EventPosition {
  @PrimaryColumn({ type: 'varchar', length: 40 }) consumer!: string;
  @BigIntColumn() eventId!: number;
}
