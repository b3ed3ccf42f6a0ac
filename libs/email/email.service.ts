import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { MailSecurity, MailSettings } from '#libs/entities/mail-settings.entity.js';
import { DomainEventRepository } from '#libs/events/domain-event.repository.js';
import type { EventType } from '#libs/events/event-types.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { testMail } from './mail-message.js';
import { MailSettingsRepository } from './mail-settings.repository.js';
import { MAIL_PASSWORD_PURPOSE, Mailer, type SentMail } from './mailer.js';
import { MailNotSetUp, MailRefused } from './email.errors.js';
import { SendMail } from './email.jobs.js';

export interface MailSettingsInput {
  readonly enabled: boolean;
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
  readonly verifyCertificate: boolean;
  readonly username: string | null;
  /** Undefined: the one that is saved. */
  readonly password: string | undefined;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly events: readonly EventType[];
  readonly digestMinutes: number;
}

const shown = ({
  enabled,
  host,
  port,
  security,
  verifyCertificate,
  username,
  sender,
  recipients,
  events,
  digestMinutes,
}: MailSettings) => ({
  ...{ enabled, host, port, security, verify_certificate: verifyCertificate, username, sender, recipients, events },
  digest_minutes: digestMinutes,
});

/** Where the password goes to, and how well it is kept on the way. */
const wayOf = ({ host, port, security, verifyCertificate, username }: MailSettings | MailSettingsInput): string =>
  JSON.stringify([host, port, security, verifyCertificate, username]);

const refuse = (pointer: string, detail: string): never => {
  throw new InvalidRequest([{ pointer, detail }]);
};

/** What administrators do with e-mail. */
@Injectable()
export class EmailService {
  constructor(
    private readonly db: Database,
    private readonly settings: MailSettingsRepository,
    private readonly events: DomainEventRepository,
    private readonly box: SecretBox,
    private readonly mailer: Mailer,
    private readonly identity: ServerIdentity,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  get(): Promise<MailSettings> {
    return this.settings.find();
  }

  /** Events from before it was switched on are not sent. */
  async set(input: MailSettingsInput): Promise<MailSettings> {
    return this.db.transaction(async () => {
      const before = await this.settings.hold();
      const { recipients, events, password, ...rest } = input;
      const lists = { recipients: recipients.join(','), events: events.join(',') };
      const position = input.enabled && !before.enabled ? { notifiedUpTo: await this.events.newestId() } : {};
      await this.settings.update({ ...rest, ...lists, ...position, password: this.passwordAfter(before, input), lastError: null });
      const after = await this.settings.find();
      const details = { before: shown(before), after: shown(after), password_changed: password !== undefined };
      await this.audit.record({ action: 'email.updated', subject: after.host, details });
      // What waits after a failure may succeed now.
      if (after.enabled) await this.jobs.add(SendMail, {}, { key: 'all', now: true });
      return after;
    });
  }

  /** Whoever changes the way the password takes must know it: it could be led to a server of theirs. */
  private passwordAfter(before: MailSettings, input: MailSettingsInput): string | null {
    const { username, password, security } = input;
    if (username === null) {
      return password === undefined ? null : refuse('/password', 'password is of no use without a username.');
    }
    if (security === 'none')
      refuse('/username', 'A password is not sent without encryption: choose starttls or tls, or leave out username.');
    if (password !== undefined) return this.box.seal(password, MAIL_PASSWORD_PURPOSE);
    if (before.password === null) return refuse('/password', 'password is missing.');
    if (wayOf(before) === wayOf(input)) return before.password;
    return refuse('/password', 'Give password again: host, port, security, verify_certificate or username have changed.');
  }

  /** Sends a message with what is saved, also while it is switched off. Throws MailNotSetUp, MailRefused. */
  async test(): Promise<SentMail> {
    const settings = await this.settings.find();
    if (settings.host === '') throw new MailNotSetUp();
    const { name, url } = await this.identity.get();
    const sent = await this.mailer.send(settings, { id: `ods-test-${newHexId()}`, from: name, ...testMail({ name, url }) });
    await this.audit.record({ action: 'email.tested', subject: settings.host, details: { ...sent } });
    if (sent.accepted.length === 0) throw new MailRefused(`The mail server refused ${sent.refused.join(', ')}.`);
    return sent;
  }
}
