import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** none: plain text. starttls: encrypted after the greeting, or not at all. tls: encrypted from the first byte. */
export const mailSecurities = ['none', 'starttls', 'tls'] as const;
export type MailSecurity = (typeof mailSecurities)[number];

/** The settings of e-mail: at most one row, id 1. Sealed columns are encrypted under DATABASE_KEY. */
@Entity('mail_settings')
export class MailSettings {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'boolean' }) enabled!: boolean;
  @Column({ type: 'varchar', length: 255 }) host!: string;
  @Column({ type: 'integer' }) port!: number;
  @Column({ type: 'varchar', length: 10 }) security!: MailSecurity;
  @Column({ type: 'boolean' }) verifyCertificate!: boolean;
  @Column({ type: 'varchar', length: 255, nullable: true }) username!: string | null;
  /** Sealed. */
  @Column({ type: 'text', nullable: true }) password!: string | null;
  @Column({ type: 'varchar', length: 320 }) sender!: string;
  /** Addresses, with commas. */
  @Column({ type: 'text' }) recipients!: string;
  /** Types of events, with commas. */
  @Column({ type: 'text' }) events!: string;
  /** How long events are gathered for one message; 0: not at all. */
  @Column({ type: 'integer' }) digestMinutes!: number;
  /** The last event that was sent or was not to be sent. */
  @BigIntColumn({ name: 'told_up_to' }) notifiedUpTo!: number;
  @BigIntColumn({ nullable: true }) lastSentMs!: number | null;
  /** Why the last attempt failed; null when it did not. */
  @Column({ type: 'varchar', length: 500, nullable: true }) lastError!: string | null;
}
