import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { currentCause, type SpanStart, traced } from '#libs/platform/tracing/spans.js';
import { type PeerAnswer, readJson, refusalOf, requireOds } from './peer-answer.js';
import { type BulkBody, BulkHttp } from './bulk-http.js';
import { describeFailure } from './peer-failure.js';
import { PUSHED_CONTENT_TYPE } from './pushed-content.js';
import { PeerHttp, type PeerRequest } from './peer-http.js';
import { PeerPresence } from './peer-presence.js';
import { PeerTokens } from './peer-tokens.js';
import { PeerAnswerInvalid, PeerRefused, PeerUnreachable } from './registration.errors.js';

type Method = PeerRequest['method'];
/** Where a call goes and whose key it is for. A whole `Peer` is marked as seen or unreachable by what comes of it. */
export type Callee = Pick<Peer, 'iss' | 'url'> & Partial<Pick<Peer, 'name' | 'lastSeenMs' | 'unreachableSinceMs'>>;

export interface CallOptions {
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly bytes?: Buffer;
  readonly signal?: AbortSignal;
  /** How long the head of the answer may take, in milliseconds; PEER_TIMEOUT_MS when not given. */
  readonly timeoutMs?: number;
  /** How many times that, for calls that make the peer call somebody itself. */
  readonly patience?: number;
  /** Sent instead of a token of this server; null sends none: nobody must get a token that is meant for another. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

/** Both ends belong to it. */
export interface RangeOptions {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
}

export interface ContentStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}

/** Largest JSON answer that is read, in bytes, and how long that may take. */
const ANSWER_LIMIT = 16 * 2 ** 20;
const ANSWER_TOTAL_MS = 300_000;
/** The slowest line that is waited for while a body goes out: 64 kbit/s, in bytes a millisecond. */
const SLOWEST_LINE = 8;

/** Calls other servers: signed, bounded in time and size, never redirected. Throws PeerUnreachable, PeerAnswerInvalid or PeerRefused. */
@Injectable()
export class PeerClient implements OnApplicationShutdown {
  private readonly http = new PeerHttp();
  private readonly bulk = new BulkHttp();

  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly presence: PeerPresence,
    private readonly config: Config,
  ) {}

  /** A JSON answer; null when it has no body. */
  json(callee: Callee, method: Method, path: string, options: CallOptions = {}): Promise<unknown> {
    return this.noting(callee, options, [method, path], async () => {
      const answer = await this.call(callee, method, path, options);
      return readJson(answer, callee.url, { bytes: ANSWER_LIMIT, idleMs: this.idleMs, totalMs: ANSWER_TOTAL_MS });
    });
  }

  /** The body as it comes, for content. The caller reads it to the end or destroys it, and has its own eye on stalls. */
  stream(callee: Callee, path: string, options: CallOptions = {}): Promise<ContentStream> {
    return this.noting(callee, options, ['GET', path], async () => {
      const { status, headers, data } = await this.call(callee, 'GET', path, options);
      return { status, headers, body: data };
    });
  }

  /**
   * A range of content, to be received straight into the caller's memory. Null where the answer is anything else than these
   * bytes as they are: `stream` reads all others, and says what is wrong.
   */
  range(callee: Callee, path: string, { start, end, signal }: RangeOptions): Promise<BulkBody | null> {
    return this.noting(callee, { signal }, ['GET', path], async () => {
      if (callee.url === '') return null;
      return this.bulk.get(new URL(callee.url + path), { length: end - start + 1, idleMs: this.idleMs, signal }, async () => ({
        Authorization: `Bearer ${await this.tokenFor(callee, 'GET', path, undefined)}`,
        Range: `bytes=${start}-${end}`,
        ...currentCause(),
      }));
    });
  }

  onApplicationShutdown(): void {
    this.http.close();
    this.bulk.close();
  }

  private get idleMs(): number {
    return this.config.get('PEER_TIMEOUT_MS');
  }

  private async call(callee: Callee, method: Method, path: string, options: CallOptions): Promise<PeerAnswer> {
    const answer = await this.headOf(callee, method, path, options);
    try {
      requireOds(answer, callee.url);
      if (answer.status >= 300) throw await refusalOf(answer, this.idleMs);
      return answer;
    } catch (error) {
      answer.data.on('error', () => undefined).destroy();
      throw error;
    }
  }

  private async headOf(callee: Callee, method: Method, path: string, options: CallOptions): Promise<PeerAnswer> {
    if (callee.url === '') throw new PeerUnreachable(`${callee.name ?? 'The server'} is in firewalled mode and cannot be called.`);
    const data = options.bytes ?? (options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body)));
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.timeoutOf(options) + (data?.length ?? 0) / SLOWEST_LINE);
    const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
    try {
      return await this.http.send(async () => {
        const token = options.token === undefined ? await this.tokenFor(callee, method, path, data) : options.token;
        const headers = {
          ...options.headers,
          ...currentCause(),
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(data ? { 'Content-Type': options.bytes ? PUSHED_CONTENT_TYPE : 'application/json' } : {}),
        };
        return { method, url: callee.url + path, query: options.query, headers, data, signal };
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Made for this one call: of no use for another, nor at another server, nor with another body. */
  private async tokenFor({ iss }: Callee, method: Method, path: string, body: Buffer | undefined): Promise<string> {
    const self = await this.identity.get();
    const claims = { htm: method, pth: path, ...(body ? { bsh: sha256Hex(body) } : {}) };
    return this.tokens.sign({ iss: self.iss, aud: iss }, { algorithm: 'ES256', key: self.privateKey }, claims);
  }

  /** One call, as a part of what is traced here; what goes wrong stands there in words. */
  private noting<T>(callee: Callee, options: CallOptions, request: readonly [Method, string], call: () => Promise<T>): Promise<T> {
    return traced(spanOf(callee, ...request), () => this.note(callee, options, call));
  }

  /** Writes down what the call says about the peer, and turns whatever goes wrong on the wire into one of three errors. */
  private async note<T>(callee: Callee, options: CallOptions, call: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await call();
    } catch (error) {
      if (options.signal?.aborted) throw error;
      if (error instanceof PeerRefused && error.peerStatus !== 401) {
        await this.presence.answered(callee);
        throw error;
      }
      const fault = this.faultOf(error, callee, options);
      await this.presence.failed(callee, fault.message);
      throw fault;
    }
    await this.presence.answered(callee);
    return result;
  }

  private timeoutOf({ timeoutMs = this.idleMs, patience = 1 }: CallOptions): number {
    return timeoutMs * patience;
  }

  private faultOf(error: unknown, { url }: Callee, options: CallOptions): Error {
    const isSaid = error instanceof PeerRefused || error instanceof PeerAnswerInvalid || error instanceof PeerUnreachable;
    return isSaid ? error : new PeerUnreachable(describeFailure(error, url, this.timeoutOf(options)));
  }
}

/** Named by the kind of request: what a path names is not one. */
const spanOf = ({ iss, url }: Callee, method: Method, path: string): SpanStart => {
  const route = path.replace(/\/[0-9a-f-]{32,}/, '/:uuid').replace(/\/\d+$/, '/:index');
  return {
    name: `${method} ${route}`,
    kind: 'client',
    facts: {
      'http.request.method': method,
      'http.route': route,
      'server.address': URL.canParse(url) ? new URL(url).host : '',
      'ods.peer': iss,
    },
  };
};
