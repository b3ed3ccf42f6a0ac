import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** The number of the last event: one row, id 1, whose lock puts the transactions with events in order. */
@Entity('event_clock')
export class EventClock {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @BigIntColumn() last!: number;
}
