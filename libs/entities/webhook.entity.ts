import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

export const webhookFormats = ['standard', 'slack'] as const;
export type WebhookFormat = (typeof webhookFormats)[number];

/** Somebody else's address that is told of events (Standard Webhooks 1.0). Sealed columns are encrypted under DATABASE_KEY. */
@Entity('webhook')
export class Webhook {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  @Column({ type: 'varchar', length: 1_000 }) url!: string;
  /** Types of events, with commas; null: all. */
  @Column({ type: 'text', nullable: true }) events!: string | null;
  @Column({ type: 'varchar', length: 10 }) format!: WebhookFormat;
  @Column({ type: 'boolean' }) enabled!: boolean;
  /** Why it was switched off by itself. */
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
