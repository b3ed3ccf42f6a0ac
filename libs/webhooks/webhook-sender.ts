import { Injectable } from '@nestjs/common';
import axios from 'axios';
import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Config } from '#libs/platform/config/config.js';
import { isOutboundAllowed } from '#libs/platform/http/outbound-address.js';

export interface Sent {
  /** Null when there was no answer. */
  readonly status: number | null;
  readonly retryAfter: string | undefined;
  /** The beginning of the answer. */
  readonly body: string | null;
  readonly error: string | null;
  readonly durationMs: number;
}

const TIMEOUT_MS = 20_000;
const ANSWER_BYTES = 64 * 1_024;
const KEPT_CHARACTERS = 4_000;

class AddressForbidden extends Error {
  override readonly name = 'AddressForbidden';
  constructor(where: string) {
    super(`${where} is an address of this machine, or a link-local or metadata address; webhooks are not sent there.`);
  }
}

/** Sends one request to an address that people gave: not to this machine, not after a redirect, not for long. */
@Injectable()
export class WebhookSender {
  private readonly agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };

  constructor(private readonly config: Config) {
    // The address that was checked is the one that is connected to: a name cannot change its meaning in between.
    const options = { lookup: this.lookup, keepAlive: false };
    this.agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  }

  /** Never rejects: what went wrong is part of the answer. */
  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    const begun = performance.now();
    const took = () => Math.round(performance.now() - begun);
    try {
      this.checkLiteral(new URL(url).hostname);
      const answer = await axios.post<string>(url, body, {
        ...this.agents,
        headers: { 'content-type': 'application/json', 'user-agent': 'ODS-Webhooks/1.0', ...headers },
        proxy: false,
        maxRedirects: 0,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        maxContentLength: ANSWER_BYTES,
        responseType: 'text',
        transformResponse: (text: string) => text,
        validateStatus: () => true,
      });
      const retryAfter = answer.headers['retry-after'] as unknown;
      return {
        status: answer.status,
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        body: String(answer.data ?? '').slice(0, KEPT_CHARACTERS),
        error: null,
        durationMs: took(),
      };
    } catch (error) {
      return { status: null, retryAfter: undefined, body: null, error: this.reasonOf(error), durationMs: took() };
    }
  }

  private reasonOf(error: unknown): string {
    if (axios.isCancel(error) || (error as Error).name === 'TimeoutError') return `No answer within ${TIMEOUT_MS / 1_000} seconds.`;
    const cause = (error as { cause?: Error }).cause;
    return (cause?.message ?? (error as Error).message).slice(0, 500);
  }

  /** An address that is written out is never looked up. */
  private checkLiteral(hostname: string): void {
    const address = hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0 && !this.isAllowed(address)) throw new AddressForbidden(address);
  }

  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const allowed = addresses.filter(({ address }) => this.isAllowed(address));
      const [first] = allowed;
      if (first === undefined) return callback(new AddressForbidden(hostname), '', 0);
      if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  private isAllowed(address: string): boolean {
    return this.config.get('WEBHOOK_ALLOW_LOCAL') || isOutboundAllowed(address);
  }
}
