import { computed, signal } from '@angular/core';
import type { EmailDto, EventTypeDto, SetEmailDto } from '#libs/api-client';

type Security = EmailDto['security'];

/** The ports that mail servers usually have (RFC 8314). */
const usualPorts: Readonly<Record<Security, number>> = { starttls: 587, tls: 465, none: 25 };

/** Addresses, one on a line or with commas or spaces between them. */
export const addressesIn = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter((each) => each !== ''))];

/** The form's values before they are saved. */
export class EmailForm {
  readonly enabled = signal(true);
  readonly host = signal('');
  readonly port = signal<number | null>(usualPorts.starttls);
  readonly security = signal<Security>('starttls');
  readonly isVerified = signal(true);
  readonly username = signal('');
  readonly password = signal('');
  readonly sender = signal('');
  readonly recipients = signal('');
  /** Null: everything. */
  readonly events = signal<readonly string[] | null>(null);
  readonly digestMinutes = signal<number | null>(5);
  private readonly types = signal<readonly string[]>([]);

  /** What PUT takes. */
  readonly body = computed((): SetEmailDto => ({
    ...{ enabled: this.enabled(), host: this.host().trim(), port: this.port() ?? 0, security: this.security() },
    ...{ verify_certificate: this.isVerified(), sender: this.sender().trim(), recipients: addressesIn(this.recipients()) },
    ...{ events: (this.events() ?? this.types()) as SetEmailDto['events'], digest_minutes: this.digestMinutes() ?? 0 },
    ...this.signIn(),
  }));

  /** The saved values; on by default when it is set up for the first time. */
  fill(saved: EmailDto, types: readonly EventTypeDto[]): void {
    this.types.set(types.map(({ type }) => type));
    this.enabled.set(saved.enabled || saved.host === '');
    this.host.set(saved.host);
    this.port.set(saved.port);
    this.security.set(saved.security);
    this.isVerified.set(saved.verify_certificate);
    this.username.set(saved.username ?? '');
    this.password.set('');
    this.sender.set(saved.sender);
    this.recipients.set(saved.recipients.join('\n'));
    this.events.set(saved.events.length === types.length ? null : saved.events);
    this.digestMinutes.set(saved.digest_minutes);
  }

  /** Changes the port along, unless another one than the usual was chosen. */
  setSecurity(security: Security): void {
    if (this.port() === usualPorts[this.security()]) this.port.set(usualPorts[security]);
    this.security.set(security);
  }

  private signIn(): Pick<SetEmailDto, 'username' | 'password'> {
    if (this.security() === 'none' || this.username().trim() === '') return { username: null };
    return { username: this.username().trim(), ...(this.password() === '' ? {} : { password: this.password() }) };
  }
}
