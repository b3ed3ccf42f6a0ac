import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { OwnRun } from '#libs/about/own-run.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId, sha256Hex } from '#libs/platform/crypto/digest.js';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { currentTraceContext, type SpanStart, traced } from '#libs/platform/tracing/spans.js';
import { type PeerAnswer, readJson, refusalOf, requireOds } from './peer-answer.js';
import { type BulkBody, BulkHttp } from './bulk-http.js';
import { describeFailure } from './peer-failure.js';
import { PUSHED_CONTENT_TYPE } from './pushed-content.js';
import { PeerCircuits } from './peer-circuits.js';
import { PeerHttp, type PeerRequest } from './peer-http.js';
import { monotonicMs, PeerClocks } from '../clocks/peer-clocks.js';
import { PeerPresence } from '../peer-presence.js';
import { PROTOCOL_HEADER, TIME_HEADER } from '../auth/protocol.guard.js';
import { ANSWER_SIGNATURE_HEADER, AnswerSigner } from '../auth/answer-signer.js';
import { PeerTokens } from '../auth/peer-tokens.js';
import { isLoopbackUrl, type Loopback, OutboundRules } from '#libs/platform/http/outbound-rules.js';
import { PeerAnswerInvalid, PeerBodyTooLarge, PeerRefused, PeerUnreachable } from '../peers.errors.js';

type Method = PeerRequest['method'];
/** Where a call goes and whose key it is for. A whole `Peer` is marked as seen or unreachable by what comes of it. */
export type Callee = Pick<Peer, 'iss' | 'url'> &
  Partial<Pick<Peer, 'name' | 'lastSeenMs' | 'unreachableSinceMs' | 'publicKey' | 'signsSinceMs'>> & {
    /** Its URL is claimed and not yet verified: it never leads to this machine. */
    readonly isClaimed?: boolean;
  };

export interface CallOptions {
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly bytes?: Buffer;
  readonly signal?: AbortSignal;
  /** How long the head of the answer may take, in milliseconds; PEER_TIMEOUT_MS when not given. */
  readonly timeoutMs?: number;
  /** How many times that, for calls that make the peer call another server. */
  readonly patience?: number;
  /** The call finds out whether a server that did not answer is back: it is made in any case, by a job that waits longer each time. */
  readonly isTry?: boolean;
  /** Sent instead of a token of this server; null sends none: a token must reach only the server it is meant for. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

interface Request {
  readonly method: Method;
  readonly path: string;
  readonly search?: string;
  readonly body?: Buffer | undefined;
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
/** The slowest line that is waited for while a body goes out: 16 kbit/s, what a busy slow line leaves for one call, in bytes a millisecond. */
const SLOWEST_LINE = 2;

/** Calls other servers: signed, bounded in time and size, never redirected. Throws PeerUnreachable, PeerAnswerInvalid or PeerRefused. */
@Injectable()
export class PeerClient implements OnApplicationShutdown {
  private readonly http: PeerHttp;
  private readonly bulk = new BulkHttp();

  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly presence: PeerPresence,
    private readonly clocks: PeerClocks,
    private readonly ownRun: OwnRun,
    private readonly circuits: PeerCircuits,
    private readonly config: Config,
    private readonly proxy: OutboundProxy,
    private readonly rules: OutboundRules,
    private readonly signatures: AnswerSigner,
  ) {
    this.http = new PeerHttp(rules, (url) => proxy.agentsFor('peer', url));
  }

  /** A JSON answer; null when it has no body. */
  json(callee: Callee, method: Method, path: string, options: CallOptions = {}): Promise<unknown> {
    return this.noting(callee, options, [method, path], async () => {
      const answer = await this.call(callee, method, path, options);
      const limits = { bytes: ANSWER_LIMIT, idleMs: this.idleMs, totalMs: ANSWER_TOTAL_MS };
      return readJson(answer, callee.url, limits, (body) => this.checkSignature(callee, answer, body));
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
      // Connections of its own are for direct ways only.
      if (callee.url === '' || this.proxy.proxyFor('peer', new URL(callee.url)) !== null) return null;
      const loopback = await this.loopbackFor(callee);
      this.rules.check(callee.url, loopback);
      const request = { length: end - start + 1, idleMs: this.idleMs, signal, lookup: this.rules.lookups[loopback] };
      return this.bulk.get(new URL(callee.url + path), request, async () => ({
        Authorization: `Bearer ${(await this.tokenFor(callee, { method: 'GET', path })).token}`,
        Range: `bytes=${start}-${end}`,
        ...currentTraceContext(),
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
    const search = options.query
      ? new URLSearchParams(Object.entries(options.query).map(([name, value]): [string, string] => [name, String(value)])).toString()
      : '';
    const loopback = await this.loopbackFor(callee);
    let sentMs = monotonicMs();
    let requestId: string | undefined;
    try {
      const answer = await this.http.send(async () => {
        const made = options.token === undefined ? await this.tokenFor(callee, { method, path, search, body: data }) : null;
        const token = made ? made.token : (options.token ?? null);
        requestId = made?.jti;
        const headers = {
          ...options.headers,
          ...currentTraceContext(),
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(data ? { 'Content-Type': options.bytes ? PUSHED_CONTENT_TYPE : 'application/json' } : {}),
        };
        sentMs = monotonicMs();
        return { method, url: callee.url + path + (search && `?${search}`), headers, data, signal, loopback };
      });
      this.noteTime(callee, answer, sentMs);
      return { status: answer.status, headers: answer.headers, data: answer.data, requestId };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Every answer says what time it is at the other end; servers of an earlier version do so in whole seconds (RFC 9110, Date). */
  private noteTime({ iss }: Callee, { headers }: PeerAnswer, sentMs: number): void {
    if (headers[PROTOCOL_HEADER] === undefined) return; // not an ODS
    const exact = headers[TIME_HEADER];
    const [theirMs, stepMs] = exact === undefined ? [Date.parse(headers['date'] ?? ''), 1_000] : [Number(exact), 1];
    this.clocks.note(iss, { sentMs, receivedMs: monotonicMs() }, theirMs, stepMs);
  }

  /** Made for this one call: of no use for another, nor at another server, nor with another query or body. */
  private async tokenFor({ iss }: Callee, { method, path, search = '', body }: Request): Promise<{ token: string; jti: string }> {
    const self = await this.identity.get();
    const run = await this.ownRun.get();
    const jti = newHexId();
    const claims = {
      jti,
      htm: method,
      pth: path,
      ...(run === null ? {} : { run }),
      ...(search && { qsh: sha256Hex(search) }),
      ...(body && { bsh: sha256Hex(body) }),
    };
    return { token: this.tokens.sign({ iss: self.iss, aud: iss }, { algorithm: 'ES256', key: self.privateKey }, claims), jti };
  }

  /** To this machine go calls of servers that are on it themselves, and those to a URL that was typed or proved and names it. */
  private async loopbackFor({ url, isClaimed = false }: Callee): Promise<Loopback> {
    const { url: ownUrl } = await this.identity.get();
    const isLocal = this.rules.isOnLoopback || (ownUrl !== null && isLoopbackUrl(ownUrl)) || (!isClaimed && isLoopbackUrl(url));
    return isLocal ? 'allowed' : 'refused';
  }

  /** Throws PeerAnswerInvalid when a registered server did not sign this answer; those of the version before sign none. */
  private async checkSignature(callee: Callee, { status, headers, requestId }: PeerAnswer, body: Buffer): Promise<void> {
    const signature = headers[ANSWER_SIGNATURE_HEADER];
    const isFirst = await this.signatures.check(callee, { signature, requestId, status, body });
    if (isFirst) await this.presence.signs(callee.iss);
  }

  /** One call, as a part of what is traced here; what goes wrong stands there in words. */
  private noting<T>(callee: Callee, options: CallOptions, request: readonly [Method, string], call: () => Promise<T>): Promise<T> {
    return traced(spanOf(callee, ...request), async () => {
      if (!options.isTry) this.circuits.check(callee);
      return this.circuits.watch(callee.iss, () => this.note(callee, options, call), {
        judge: (error) => (options.signal?.aborted || this.isImpatient(options) ? 'unknown' : judge(error)),
        isHeldOpen: options.timeoutMs !== undefined,
      });
    });
  }

  /** Writes down what the call says about the peer, and turns whatever goes wrong on the wire into one of three errors. */
  private async note<T>(callee: Callee, options: CallOptions, call: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await call();
    } catch (error) {
      if (options.signal?.aborted) throw error;
      // Whoever sends makes smaller pieces of it: the way to the peer is open.
      if (error instanceof PeerBodyTooLarge || (error instanceof PeerRefused && error.peerStatus !== 401)) {
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

  /** It gives a server less time than others do: its end says nothing of the server. */
  private isImpatient({ timeoutMs = this.idleMs }: CallOptions): boolean {
    return timeoutMs < this.idleMs;
  }

  private timeoutOf({ timeoutMs = this.idleMs, patience = 1 }: CallOptions): number {
    return timeoutMs * patience;
  }

  private faultOf(error: unknown, { url }: Callee, options: CallOptions): Error {
    const isSaid = error instanceof PeerRefused || error instanceof PeerAnswerInvalid || error instanceof PeerUnreachable;
    return isSaid ? error : new PeerUnreachable(describeFailure(error, url, this.timeoutOf(options)));
  }
}

/** What an error says of the server that was called. */
function judge(error: unknown): 'silent' | 'alive' | 'unknown' {
  if (error instanceof PeerUnreachable) return 'silent';
  return error instanceof PeerRefused ? 'alive' : 'unknown';
}

/** Named by the kind of request: what a path names is not one. */
const spanOf = ({ iss, url }: Callee, method: Method, path: string): SpanStart => {
  const route = path.replace(/\/[0-9a-f-]{32,}/, '/:uuid').replace(/\/\d+$/, '/:index');
  return {
    name: `${method} ${route}`,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'server.address': URL.canParse(url) ? new URL(url).host : '',
      'ods.peer': iss,
    },
  };
};
