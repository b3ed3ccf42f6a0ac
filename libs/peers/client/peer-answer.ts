import type { Readable } from 'node:stream';
import { humanBytes } from '#libs/platform/format/human-bytes.js';
import { PROTOCOL } from '../auth/protocol.guard.js';
import { PeerAnswerInvalid, PeerBodyTooLarge, PeerRefused, PeerUnreachable } from '../peers.errors.js';

/** The head of an answer, its body still to be read. */
export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: Readable;
  /** `jti` of the token of the request; undefined when it carried none of this server. */
  readonly requestId?: string | undefined;
}

export interface ReadingLimits {
  readonly bytes: number;
  /** Longest time without a byte. */
  readonly idleMs: number;
  /** Longest time for the whole: a trickle must not hold a caller for ever. */
  readonly totalMs: number;
}

/** Largest error answer that is read, in bytes. */
const PROBLEM_LIMIT = 64 * 2 ** 10;
const PROBLEM_TOTAL_MS = 30_000;
const SHOWN_LENGTH = 500;

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);
const typeOf = ({ headers }: PeerAnswer): string => headers['content-type'] ?? '';

/** Whether this server speaks what the `ODS-Protocol` field of an answer says. */
export const isUnderstood = (protocol: string): boolean => /^[1-9]\d{0,5}$/.test(protocol) && Number(protocol) <= PROTOCOL;

/** Throws PeerAnswerInvalid, with what to check, unless an ODS of a known protocol answers (MESH §9). */
export function requireOds(answer: PeerAnswer, url: string): void {
  const host = hostOf(url);
  const { status, headers } = answer;
  const protocol = headers['ods-protocol'];
  if (protocol !== undefined) {
    if (isUnderstood(protocol)) return;
    throw new PeerAnswerInvalid(
      `${host} speaks ODS protocol ${protocol.slice(0, 20)}, this server ${PROTOCOL}. Update the older of the two.`,
    );
  }
  if (typeOf(answer).startsWith('application/problem+json')) return; // refused before it was routed
  if (status === 413) throw new PeerBodyTooLarge(host);
  if (status === 407)
    throw new PeerAnswerInvalid(
      'The proxy asks for a name and a password: write them into HTTPS_PROXY, HTTP_PROXY or PEER_PROXY, http://USER:PASSWORD@HOST:PORT.',
    );
  if (status >= 300 && status < 400)
    throw new PeerAnswerInvalid(`${host} redirects${redirectionOf(headers['location'], url)}. Enter the URL of the ODS itself.`);
  if (status >= 500)
    throw new PeerAnswerInvalid(`A proxy at ${host} answers ${status}: the ODS behind it does not run, or the proxy cannot reach it.`);
  throw new PeerAnswerInvalid(`${host} answers, but not as an ODS. Check the URL.`);
}

function redirectionOf(location: string | undefined, url: string): string {
  if (location === undefined || !URL.canParse(location, url)) return '';
  return ` to ${new URL(location, url).origin}`.slice(0, SHOWN_LENGTH);
}

/** What an error answer says. */
export async function refusalOf(answer: PeerAnswer, idleMs: number): Promise<PeerRefused> {
  const text = await readBody(answer.data, { bytes: PROBLEM_LIMIT, idleMs, totalMs: PROBLEM_TOTAL_MS });
  try {
    const { detail, error, type } = JSON.parse(text.toString('utf8')) as Record<string, unknown>;
    const said = typeof detail === 'string' ? detail : error;
    const code = typeof type === 'string' ? /^urn:ods:problem:([a-z-]{1,60})$/.exec(type)?.[1] : undefined;
    if (typeof said === 'string') return new PeerRefused(answer.status, said.slice(0, SHOWN_LENGTH), code ?? null);
  } catch {
    // Not JSON: nothing for people.
  }
  return new PeerRefused(answer.status, 'It gave no reason.');
}

/** The body of an answer in JSON; null when it is empty; `check` sees it as it came. Throws PeerAnswerInvalid or PeerUnreachable. */
export async function readJson(
  answer: PeerAnswer,
  url: string,
  limits: ReadingLimits,
  check: (body: Buffer) => Promise<void> = () => Promise.resolve(),
): Promise<unknown> {
  const body = await readBody(answer.data, limits);
  await check(body);
  const text = body.toString('utf8');
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    throw new PeerAnswerInvalid(`${hostOf(url)} answered something that is not JSON.`);
  }
}

/** Reads to the end, within the limits; the stream is destroyed when that fails. */
async function readBody(body: Readable, { bytes, idleMs, totalMs }: ReadingLimits): Promise<Buffer> {
  const cut = (reason: string) => body.destroy(new PeerUnreachable(reason));
  const idle = setTimeout(() => cut(`The answer stalled for ${Math.round(idleMs / 1_000)} seconds.`), idleMs);
  const total = setTimeout(() => cut(`The answer took longer than ${Math.round(totalMs / 1_000)} seconds.`), totalMs);
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of body as AsyncIterable<Buffer>) {
      idle.refresh();
      length += part.length;
      // Leaving the loop destroys the stream.
      if (length > bytes) throw new PeerAnswerInvalid(`The answer is larger than ${humanBytes(bytes)}: too large to be one of an ODS.`);
      parts.push(part);
    }
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
  }
  return Buffer.concat(parts);
}
