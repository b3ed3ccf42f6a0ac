import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

export const webhookFormats = ['standard', 'slack', 'teams', 'cloudevents'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** An external address that receives events (Standard Webhooks 1.0). Sealed columns are encrypted under DATABASE_KEY. */
@Entity('webhook')
export class Webhook {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  @Column({ type: 'varchar', length: 1_000 }) url!: string;
  /** Types of events, with commas; null: all. */
  @Column({ type: 'text', nullable: true }) events!: string | null;
  @Column({ type: 'varchar', length: 20 }) format!: WebhookFormat;
  @Column({ type: 'boolean' }) enabled!: boolean;
  /** Why it was switched off automatically. */
  @Column({ type: 'varchar', length: 255, nullable: true }) disabledReason!: string | null;
  /** Sealed: `whsec_…`. */
  @Column({ type: 'text' }) secret!: string;
  /** Sealed; signs as well until `previousUntilMs`. */
  @Column({ type: 'text', nullable: true }) previousSecret!: string | null;
  @BigIntColumn({ nullable: true }) previousUntilMs!: number | null;
  /** Sealed: Ed25519 private key, PKCS #8 PEM. */
  @Column({ type: 'text' }) privateKey!: string;
  /** `whpk_…`. */
  @Column({ type: 'varchar', length: 100 }) publicKey!: string;
  @BigIntColumn() createdMs!: number;
}
