import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import axios, { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { PeerPresence } from './peer-presence.js';
import { describeFailure } from './peer-failure.js';
import { PeerTokens } from './peer-tokens.js';
import { PROTOCOL } from './protocol.guard.js';
import { PeerRefused, PeerUnreachable } from './registration.errors.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** Where a call goes and whose key it is for. */
export type Callee = Pick<Peer, 'iss' | 'url'> & Partial<Pick<Peer, 'name' | 'lastSeenMs' | 'unreachableSinceMs'>>;

export interface CallOptions {
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** How long the answer may take, in milliseconds; PEER_TIMEOUT_MS when not given. */
  readonly timeoutMs?: number;
  /** Sent instead of a token of this server. */
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

export interface ContentStream {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

/** Largest JSON answer that is read, in bytes. */
const ANSWER_LIMIT = 16 * 2 ** 20;

/** Calls other servers: signed, bounded in time and size, never redirected. */
@Injectable()
export class PeerClient implements OnApplicationShutdown {
  private readonly agents = {
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: 64, timeout: 120_000 }),
    httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 64, timeout: 120_000 }),
  };
  private readonly axios: AxiosInstance;

  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly presence: PeerPresence,
    private readonly config: Config,
  ) {
    this.axios = axios.create({
      ...this.agents,
      maxRedirects: 0,
      proxy: false,
      decompress: false,
      validateStatus: () => true,
      headers: { 'ODS-Protocol': String(PROTOCOL), 'User-Agent': 'ODS', 'Accept-Encoding': 'identity' },
    });
  }

  /** A JSON answer. Throws PeerUnreachable or PeerRefused. */
  async json(callee: Callee, method: Method, path: string, options: CallOptions = {}): Promise<unknown> {
    const response = await this.call(callee, method, path, options, { responseType: 'text', maxContentLength: ANSWER_LIMIT });
    const text = response.data as string;
    if (response.status >= 300) throw new PeerRefused(response.status, problemOf(text));
    try {
      return text === '' ? null : (JSON.parse(text) as unknown);
    } catch {
      throw new PeerUnreachable(`${callee.url} answered something that is not JSON: it does not seem to be an ODS.`);
    }
  }

  /** The body as it comes, for content. The caller reads it to the end or destroys it. Throws PeerUnreachable or PeerRefused. */
  async stream(callee: Callee, path: string, options: CallOptions = {}): Promise<ContentStream> {
    const response = await this.call(callee, 'GET', path, options, { responseType: 'stream' });
    const body = response.data as Readable;
    if (response.status >= 300) {
      body.on('error', () => body.destroy()).resume();
      throw new PeerRefused(response.status, 'The content was not given.');
    }
    return { status: response.status, headers: response.headers as Record<string, string>, body };
  }

  onApplicationShutdown(): void {
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }

  private async call(callee: Callee, method: Method, path: string, options: CallOptions, how: AxiosRequestConfig): Promise<AxiosResponse> {
    const data = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const token = options.token ?? (await this.tokenFor(callee, data));
    const timeoutMs = options.timeoutMs ?? this.config.get('PEER_TIMEOUT_MS');
    const limit = new AbortController();
    // Ends the wait for an answer's head, or for a whole JSON answer; reading a stream has its own idle limit.
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    try {
      const response = await this.axios.request({
        ...how,
        method,
        url: callee.url + path,
        params: options.query,
        data,
        signal: options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal,
        headers: { ...options.headers, Authorization: `Bearer ${token}`, ...(data ? { 'Content-Type': 'application/json' } : {}) },
      });
      await this.noteSeen(callee);
      return response;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const reason = describeFailure(error, callee.url, timeoutMs);
      await this.noteUnreachable(callee, reason);
      throw new PeerUnreachable(reason);
    } finally {
      clearTimeout(timer);
    }
  }

  private async tokenFor({ iss }: Callee, body: Buffer | undefined): Promise<string> {
    const self = await this.identity.get();
    const claims = body ? { bsh: sha256Hex(body) } : {};
    return this.tokens.sign({ iss: self.iss, aud: iss }, { algorithm: 'ES256', key: self.privateKey }, claims);
  }

  private async noteSeen({ iss, name, lastSeenMs, unreachableSinceMs }: Callee): Promise<void> {
    if (name === undefined || lastSeenMs === undefined || unreachableSinceMs === undefined) return;
    await this.presence.seen({ iss, name, lastSeenMs, unreachableSinceMs });
  }

  private async noteUnreachable({ iss, name, unreachableSinceMs }: Callee, reason: string): Promise<void> {
    if (name !== undefined && unreachableSinceMs !== undefined) await this.presence.unreachable({ iss, name, unreachableSinceMs }, reason);
  }
}

function problemOf(text: string): string {
  try {
    const { detail, error } = JSON.parse(text) as { detail?: unknown; error?: unknown };
    const said = typeof detail === 'string' ? detail : error;
    if (typeof said === 'string') return said.slice(0, 500);
  } catch {
    // Not JSON: a proxy's page, say. Its text is not for people.
  }
  return 'It gave no reason.';
}
