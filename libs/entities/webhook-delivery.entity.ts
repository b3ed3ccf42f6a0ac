import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event for one webhook, with what became of the last attempt. */
@Entity('webhook_delivery')
@Index('ix_webhook_delivery_webhook', ['webhookId', 'createdMs'])
export class WebhookDelivery {
  /** Stands in the header `webhook-id`: the same for every attempt. */
  @PrimaryColumn({ type: 'varchar', length: 40 }) id!: string;
  @Column({ type: 'integer' }) webhookId!: number;
  @Column({ type: 'varchar', length: 40 }) eventType!: string;
  @Column({ type: 'text' }) body!: string;
  @Column({ type: 'varchar', length: 60, default: 'application/json' }) contentType!: string;
  @Column({ type: 'varchar', length: 10 }) state!: DeliveryState;
  @Column({ type: 'integer' }) attempts!: number;
  @BigIntColumn({ nullable: true }) nextAttemptMs!: number | null;
  @Column({ type: 'integer', nullable: true }) responseStatus!: number | null;
  /** The beginning of the answer. */
  @Column({ type: 'text', nullable: true }) responseBody!: string | null;
  @Column({ type: 'integer', nullable: true }) durationMs!: number | null;
  @Column({ type: 'text', nullable: true }) lastError!: string | null;
  @Index('ix_webhook_delivery_created') @BigIntColumn() createdMs!: number;
  @BigIntColumn() updatedMs!: number;
}
