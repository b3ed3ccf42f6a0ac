import { Injectable } from '@nestjs/common';
import axios from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { AddressForbidden, OutboundRules } from '#libs/platform/http/outbound-rules.js';
import type { JamfAnswer } from './jamf-answer.js';
import { JamfFault } from './jamf-fault.js';
import { type LineFault, lineFaultOf } from './line-fault.js';

export interface JamfRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Until the whole answer is there, in milliseconds; 5 minutes when not given. */
  readonly timeoutMs?: number;
}

/** One request and its answer. Throws JamfFault `unreachable` when there is no answer. */
export abstract class JamfTransport {
  abstract send(request: JamfRequest): Promise<JamfAnswer>;
}

const ANSWER_BYTES = 32 * 2 ** 20;
const TOTAL_MS = 300_000;
const REASON_CHARACTERS = 300;
const hints: Readonly<Record<LineFault, string>> = {
  dns: 'its name could not be resolved: ',
  tls: 'no trusted TLS connection was made: ',
  line: '',
};

/** Over the network, with the rules for addresses that people give: not to this machine, never after a redirect, TLS verified. */
@Injectable()
export class HttpJamfTransport extends JamfTransport {
  private readonly agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };

  constructor(
    private readonly rules: OutboundRules,
    private readonly proxy: OutboundProxy,
  ) {
    super();
    // Not kept: between two calls lie minutes, and a connection that the server closed meanwhile would cost a POST.
    const options = { lookup: rules.lookups.refused, keepAlive: false };
    this.agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  }

  async send({ method, url, headers, body, timeoutMs = TOTAL_MS }: JamfRequest): Promise<JamfAnswer> {
    try {
      this.rules.check(url, 'refused');
      const answer = await axios.request<string>({
        ...(this.proxy.agentsFor('jamf', new URL(url)) ?? this.agents),
        ...{ method, url, data: body, headers: { accept: 'application/json', 'user-agent': 'ODS/1.0', ...headers } },
        ...{ proxy: false, maxRedirects: 0, maxContentLength: ANSWER_BYTES, signal: AbortSignal.timeout(timeoutMs) },
        ...{ responseType: 'text', transformResponse: (text: string) => text, validateStatus: () => true },
      });
      return { status: answer.status, headers: answer.headers, text: String(answer.data ?? '') };
    } catch (error) {
      throw new JamfFault('unreachable', `There was no answer from ${new URL(url).host}: ${reasonOf(error, timeoutMs)}`);
    }
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (axios.isCancel(error)) return `it did not come within ${timeoutMs / 1_000} seconds.`;
  const { cause, code } = error as { readonly cause?: unknown; readonly code?: unknown };
  const inner = (cause instanceof Error || cause instanceof AddressForbidden ? cause : error) as Error & { readonly code?: unknown };
  const fault = lineFaultOf(String(inner.code ?? code ?? ''));
  return `${hints[fault]}${inner.message.slice(0, REASON_CHARACTERS)}`;
}
