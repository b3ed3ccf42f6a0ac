import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios';
import http from 'node:http';
import https from 'node:https';
import { PROTOCOL } from './protocol.guard.js';
import type { PeerAnswer } from './peer-answer.js';

export interface PeerRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly query?: Record<string, string | number> | undefined;
  readonly headers: Record<string, string>;
  readonly data?: Buffer | undefined;
  readonly signal: AbortSignal;
}

const SOCKETS_PER_HOST = 64;
const IDLE_SOCKET_MS = 120_000;

/** What every request to a peer says. */
export const ODS_HEADERS = { 'ODS-Protocol': String(PROTOCOL), 'User-Agent': 'ODS', 'Accept-Encoding': 'identity' };

/** HTTP as it is spoken with peers: connections are kept, redirects never followed, bodies never unpacked, and every status is an answer. */
export class PeerHttp {
  private readonly kept = {
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST, timeout: IDLE_SOCKET_MS }),
    httpsAgent: new https.Agent({ keepAlive: true, maxSockets: SOCKETS_PER_HOST, timeout: IDLE_SOCKET_MS }),
  };
  private readonly fresh = { httpAgent: new http.Agent(), httpsAgent: new https.Agent() };
  private readonly axios: AxiosInstance = axios.create({
    responseType: 'stream',
    maxRedirects: 0,
    proxy: false,
    decompress: false,
    validateStatus: () => true,
    headers: ODS_HEADERS,
  });

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
    this.kept.httpAgent.destroy();
    this.kept.httpsAgent.destroy();
  }

  private async try({ query, ...request }: PeerRequest, agents: Pick<AxiosRequestConfig, 'httpAgent' | 'httpsAgent'>): Promise<PeerAnswer> {
    return (await this.axios.request({ ...agents, ...request, ...(query ? { params: query } : {}) })) as unknown as PeerAnswer;
  }
}

/** The peer closed an idle connection at the moment it was used again: says nothing about the peer. */
function wasKeptTooLong(error: unknown): boolean {
  const { code, request } = error as { code?: string; request?: { reusedSocket?: boolean } };
  return request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}
