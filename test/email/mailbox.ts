import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** The user who signed in; empty without sign-in. */
  readonly user: string;
  readonly isEncrypted: boolean;
  readonly raw: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All parts, decoded. */
  readonly body: string;
}

/** Quoted-printable, RFC 2045 §6.7, in UTF-8. */
function plain(encoded: string): string {
  const joined = encoded.replace(/=\r?\n/g, '');
  return Buffer.from(
    joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString();
}

function headersOf(raw: string): Record<string, string> {
  const lines = raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]));
}

/** A real mail server that keeps what it is given. */
export class Mailbox {
  readonly mails: Mail[] = [];
  readonly refused = new Set<string>();
  port = 0;
  private server: SMTPServer | undefined;

  constructor(private readonly options: SMTPServerOptions) {}

  /** At the same port as before, once it had one. */
  async start(): Promise<this> {
    this.server = new SMTPServer({
      ...this.options,
      onRcptTo: ({ address }, _session, done) => done(this.refused.has(address) ? new Error('No such user here') : null),
      onData: (stream, session, done) => {
        void text(stream).then((raw) => {
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            ...{ from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map(({ address }) => address) },
            ...{ user: session.user ?? '', isEncrypted: session.secure, raw, headers: headersOf(raw), body: plain(raw) },
          });
          done();
        });
      },
    });
    this.server.on('error', () => undefined); // clients that refuse its certificate hang up
    const listening = this.server.listen(this.port, '127.0.0.1');
    await once(listening, 'listening');
    this.port = (listening.address() as AddressInfo).port;
    return this;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }
}
