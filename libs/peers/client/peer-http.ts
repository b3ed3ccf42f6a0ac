import axios, { type AxiosInstance } from 'axios';
import http from 'node:http';
import https from 'node:https';
import type { ProxyAgents } from '#libs/platform/http/outbound-proxy.js';
import type { LookupFunction } from 'node:net';
import type { Loopback, OutboundRules } from '#libs/platform/http/outbound-rules.js';
import { PROTOCOL } from '../auth/protocol.guard.js';
import type { PeerAnswer } from './peer-answer.js';

export interface PeerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly data?: Buffer | undefined;
  readonly signal: AbortSignal;
  readonly loopback: Loopback;
}

const SOCKETS_PER_HOST = 64;
const IDLE_SOCKET_MS = 120_000;

/** What every request to a peer says. */
export const ODS_HEADERS = { 'ODS-Protocol': String(PROTOCOL), 'User-Agent': 'ODS', 'Accept-Encoding': 'identity' };

interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

// Agents hand their options to net.connect: the lookup is among them.
const agentsOf = (options: http.AgentOptions & { lookup: LookupFunction }): Agents => ({
  httpAgent: new http.Agent(options),
  httpsAgent: new https.Agent(options),
});

/** HTTP as it is spoken with peers: connections are kept, redirects never followed, bodies never unpacked, and every status is an answer. */
export class PeerHttp {
  private readonly kept: Record<Loopback, Agents>;
  private readonly fresh: Record<Loopback, Agents>;
  private readonly axios: AxiosInstance = axios.create({
    responseType: 'stream',
    maxRedirects: 0,
    proxy: false,
    decompress: false,
    validateStatus: () => true,
    headers: ODS_HEADERS,
  });

  /** `proxied` answers the agents for a URL that is called through a proxy, and null for all others. */
  constructor(
    private readonly rules: OutboundRules,
    private readonly proxied: (url: URL) => ProxyAgents | null,
  ) {
    const both = (options: http.AgentOptions): Record<Loopback, Agents> => ({
      allowed: agentsOf({ ...options, lookup: rules.lookups.allowed }),
      refused: agentsOf({ ...options, lookup: rules.lookups.refused }),
    });
    this.kept = both({ keepAlive: true, maxSockets: SOCKETS_PER_HOST, timeout: IDLE_SOCKET_MS });
    this.fresh = both({});
  }

  /** `make` is called for each try: a second one needs a token of its own. */
  async send(make: () => Promise<PeerRequest>): Promise<PeerAnswer> {
    try {
      return await this.try(await make(), this.kept);
    } catch (error) {
      if (!wasKeptTooLong(error)) throw error;
    }
    return this.try(await make(), this.fresh);
  }

  close(): void {
    for (const { httpAgent, httpsAgent } of Object.values(this.kept)) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }

  private async try({ loopback, ...request }: PeerRequest, direct: Record<Loopback, Agents>): Promise<PeerAnswer> {
    this.rules.check(request.url, loopback);
    const agents = this.proxied(new URL(request.url)) ?? direct[loopback];
    return (await this.axios.request({ ...agents, ...request })) as unknown as PeerAnswer;
  }
}

/** The peer closed an idle connection at the moment it was used again: says nothing about the peer. */
function wasKeptTooLong(error: unknown): boolean {
  const { code, request } = error as { code?: string; request?: { reusedSocket?: boolean } };
  return request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}
