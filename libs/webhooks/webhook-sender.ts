import { Injectable } from '@nestjs/common';
import axios from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { OutboundRules } from '#libs/platform/http/outbound-rules.js';

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

/** Sends one request to an address that people gave: not to this machine, not after a redirect, not for long. */
@Injectable()
export class WebhookSender {
  private readonly agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };

  constructor(
    private readonly rules: OutboundRules,
    private readonly proxy: OutboundProxy,
  ) {
    const options = { lookup: rules.lookups.refused, keepAlive: false };
    this.agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  }

  /** Never rejects: what went wrong is part of the answer. */
  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    const begun = performance.now();
    const took = () => Math.round(performance.now() - begun);
    try {
      this.rules.check(url, 'refused');
      const answer = await axios.post<string>(url, body, {
        ...(this.proxy.agentsFor('webhook', new URL(url)) ?? this.agents),
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
}
