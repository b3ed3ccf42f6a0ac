import { Injectable } from '@nestjs/common';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createTransport } from 'nodemailer';
import socks from 'socks';
import type { MailSettings } from '#libs/entities/mail-settings.entity.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { isLoopback, isOutboundAllowed } from '#libs/platform/http/outbound-address.js';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import type { MailMessage } from './mail-message.js';
import { oneLine } from './event-words.js';
import { refusalOf } from './mail-refusal.js';
import { MailRefused } from './email.errors.js';

/** Ties the sealed password to its column. */
export const MAIL_PASSWORD_PURPOSE = 'mail server password';

/** To connect, for the greeting, and for each answer; milliseconds. */
const TIMEOUT_MS = 20_000;

export interface Sending extends MailMessage {
  /** Before the `@` of the Message-ID: the same message sent twice has the same, so that mailboxes can recognise it. */
  readonly id: string;
  /** The server's name, shown with the sender's address. */
  readonly from: string;
}

/** Who of the recipients the mail server took, and who it did not. */
export interface SentMail {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

/** Gives messages to the mail server (SMTP, RFC 5321; TLS from the start or by STARTTLS, RFC 3207 and 8314). */
@Injectable()
export class Mailer {
  constructor(
    private readonly box: SecretBox,
    private readonly proxy: OutboundProxy,
  ) {}

  /** Throws MailRefused when no recipient was accepted. */
  async send(settings: MailSettings, { id, from, subject, text, html }: Sending): Promise<SentMail> {
    const { sender, recipients } = settings;
    try {
      const transport = createTransport(await this.optionsFor(settings));
      transport.set('proxy_socks_module', socks);
      const { accepted, rejected } = await transport.sendMail({
        ...{ subject, text, html, from: { name: oneLine(from), address: sender }, to: recipients.split(',') },
        messageId: `<${id}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
        // RFC 3834: asks not to send automatic replies.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      return { accepted: addresses(accepted), refused: addresses(rejected) };
    } catch (error) {
      throw error instanceof MailRefused ? error : new MailRefused(refusalOf(error, settings));
    }
  }

  private async optionsFor({ host, port, security, verifyCertificate, username, password }: MailSettings) {
    const proxy = this.proxy.proxyFor('mail', new URL(`smtp://${isIP(host) === 6 ? `[${host}]` : host}:${port}`));
    // Connected to is the address that was checked: a name cannot change its meaning in between. A proxy looks names up itself.
    const address = proxy === null || isIP(host) !== 0 ? await allowedAddress(host) : host;
    const auth =
      username === null || password === null ? {} : { auth: { user: username, pass: this.box.open(password, MAIL_PASSWORD_PURPOSE) } };
    return {
      ...{ host: address, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none', ...auth },
      tls: { rejectUnauthorized: verifyCertificate, ...(isIP(host) === 0 ? { servername: host } : {}) },
      ...{ connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, dnsTimeout: TIMEOUT_MS },
      ...{ disableFileAccess: true, disableUrlAccess: true },
      ...(proxy === null ? {} : { proxy }),
    };
  }
}

/** A relay on this machine is common, so loopback is allowed; link-local and metadata addresses are not. */
async function allowedAddress(host: string): Promise<string> {
  const found = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  const allowed = found.find(({ address }) => isLoopback(address) || isOutboundAllowed(address));
  if (allowed) return allowed.address;
  throw new MailRefused(`${host} is a link-local or metadata address; no mail is sent there.`);
}

const addresses = (list: readonly (string | { readonly address: string })[]): string[] =>
  list.map((each) => (typeof each === 'string' ? each : each.address));
