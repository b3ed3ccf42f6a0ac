import type { MailSettings } from '#libs/entities/mail-settings.entity.js';
import { oneLine } from './event-words.js';

type Where = Pick<MailSettings, 'host' | 'port' | 'security'>;

interface Failure {
  readonly code?: string;
  /** Of the mail server. */
  readonly response?: string;
  readonly message?: string;
}

const said = ({ response, message }: Failure): string => oneLine(response ?? message).replace(/\.$/, '');

const certificates = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS_CERT|certificate/;
/** What the other side sends is not TLS. */
const otherProtocol = /wrong version number|packet length too long|EPROTO|ERR_SSL/;

const hintAtTls = ({ security }: Where): string =>
  security === 'tls'
    ? 'This port does not speak TLS from the start; try STARTTLS (port 587) instead'
    : 'This port seems to speak TLS from the start; try TLS instead of STARTTLS';

/** Why no mail could be sent, in one sentence for administrators. */
export function refusalOf(error: unknown, where: Where): string {
  const failure = error as Failure;
  const at = `${where.host}:${where.port}`;
  const code = failure.code ?? '';
  const all = `${code} ${failure.message ?? ''}`;
  if (/ENOTFOUND|EAI_AGAIN|EDNS/.test(all)) return `No address is known for ${where.host}. Check its name.`;
  if (certificates.test(all)) return `The certificate of ${at} is not trusted: ${said(failure)}.`;
  if (otherProtocol.test(all)) return `${hintAtTls(where)} (${at}).`;
  if (code === 'ETLS') return `${at} offers no STARTTLS, so nothing was sent: ${said(failure)}.`;
  if (code === 'EAUTH') return `${at} did not take the user name and password: ${said(failure)}.`;
  if (code === 'EENVELOPE') return `${at} refused the sender or all recipients: ${said(failure)}.`;
  if (code === 'ETIMEDOUT') return `${at} does not answer in time. ${hintAtTls(where)}, or check that a firewall lets this through.`;
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ECONNRESET/.test(all)) return `Nothing answers at ${at}: ${said(failure)}.`;
  return `${at} did not take the message: ${said(failure)}.`;
}
