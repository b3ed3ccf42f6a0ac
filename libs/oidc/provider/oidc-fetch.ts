import { Injectable } from '@nestjs/common';
import axios, { type AxiosResponse } from 'axios';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { AddressForbidden, isLoopbackUrl, OutboundRules } from '#libs/platform/http/outbound-rules.js';
import { OidcFault } from './oidc-fault.js';

/** Far more than metadata, key sets and tokens take. */
const ANSWER_BYTES = 2 ** 20;
const TOTAL_MS = 10_000;
const REASON_CHARACTERS = 300;
const withoutBody = [101, 103, 204, 205, 304];

/**
 * What openid-client sends requests with. The provider names further addresses itself, so each request goes by the rules for addresses
 * that people give: not to this machine, never after a redirect, over TLS, within limits of size and time.
 */
@Injectable()
export class OidcFetch {
  private readonly agents: { httpAgent: HttpAgent; httpsAgent: HttpsAgent };

  constructor(
    private readonly rules: OutboundRules,
    private readonly proxy: OutboundProxy,
  ) {
    const options = { lookup: rules.lookups.refused, keepAlive: false };
    this.agents = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  }

  /** Throws OidcFault `away` when there is no answer. */
  readonly fetch: CustomFetch = async (url, options) => {
    try {
      this.check(url);
      const { status, data, headers } = await this.send(url, options);
      const body = withoutBody.includes(status) ? null : new Uint8Array(data);
      return new Response(body, { status, headers: plainHeaders(headers) });
    } catch (error) {
      if (error instanceof OidcFault) throw error;
      throw new OidcFault('away', `There was no answer from ${new URL(url).host}: ${reasonOf(error)}`);
    }
  };

  private check(url: string): void {
    if (new URL(url).protocol !== 'https:' && !isLoopbackUrl(url)) {
      throw new OidcFault('unverified', `The provider names ${new URL(url).host} without https, where nothing is sent.`);
    }
    this.rules.check(url, 'refused');
  }

  private send(url: string, { method, headers, body }: CustomFetchOptions): Promise<AxiosResponse<Buffer>> {
    return axios.request<Buffer>({
      ...(this.proxy.agentsFor('oidc', new URL(url)) ?? this.agents),
      ...{
        method,
        url,
        headers: { 'user-agent': 'ODS/1.0', ...headers },
        data: body === undefined || body === null ? undefined : String(body),
      },
      ...{ proxy: false, maxRedirects: 0, maxContentLength: ANSWER_BYTES, signal: AbortSignal.timeout(TOTAL_MS) },
      ...{ responseType: 'arraybuffer', validateStatus: () => true },
    });
  }
}

function plainHeaders(headers: AxiosResponse['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []));
}

function reasonOf(error: unknown): string {
  if (axios.isCancel(error)) return `it did not come within ${TOTAL_MS / 1_000} seconds.`;
  const cause = (error as { cause?: unknown }).cause;
  const { message } = (cause instanceof Error || cause instanceof AddressForbidden ? cause : error) as Error;
  return `${message.slice(0, REASON_CHARACTERS).replace(/\.$/, '')}.`;
}
