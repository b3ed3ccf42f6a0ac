import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { About } from './test-cluster.js';
import type { TestServer } from './test-server.js';
import { tokens } from './tokens.js';

const BLOCK_BYTES = 1_048_576;
const hash = (algorithm: 'sha1' | 'sha256', bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');
export const newHexId = (): string => randomBytes(16).toString('hex');

/** The SHA-1 of each block, packed. */
export function manifestOf(content: Uint8Array): Buffer {
  const hashes: Buffer[] = [];
  for (let at = 0; at < content.length; at += BLOCK_BYTES) {
    hashes.push(
      createHash('sha1')
        .update(content.subarray(at, at + BLOCK_BYTES))
        .digest(),
    );
  }
  return Buffer.concat(hashes);
}

type Fields = Record<string, unknown>;

/** The parts of an entry as its author signs them (docs/mesh.md §12), written anew here: what the product reads is judged by it. */
export function signedWrites(entry: Fields, privateKey: string, replaces: unknown = null): Fields[] {
  const { filename, uuid, size, sha1, sha256, manifest_sha256, created_ms, origin_iss, stage, notes, deleted, root = null } = entry;
  const stamp = entry['stamp'] as Fields | null;
  const stampArray = (value: unknown) => value && ['wall_ms', 'counter', 'iss'].map((name) => (value as Fields)[name]);
  const rootArray = root && [(root as Fields)['alg'], (root as Fields)['hash']];
  const write = (register: string, value: Fields, array: unknown[], seen: unknown): Fields => {
    const text = JSON.stringify(['ods-write-1', register, '', filename, stampArray(stamp), array, stampArray(seen)]);
    const sig = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return { register, space: '', filename, stamp, value, replaces: seen, sig };
  };
  const content = { uuid, size, sha1, sha256, manifest_sha256, root, created_ms, origin_iss };
  const array = [uuid, size, sha1, sha256, manifest_sha256, rootArray, created_ms, origin_iss];
  // What was deleted had a content before; its author is this peer, too.
  const before = { wall_ms: Number(stamp?.['wall_ms'] ?? 1) - 1, counter: 0, iss: stamp?.['iss'] };
  if (deleted === true) {
    const [old] = signedWrites({ ...entry, deleted: false, stamp: before }, privateKey);
    return [
      old!,
      write('stage', { stage }, [stage], null),
      write('notes', { notes }, [notes], null),
      write('deletion', { deleted: true }, [true], before),
    ];
  }
  return [write('content', content, array, replaces), write('stage', { stage }, [stage], null), write('notes', { notes }, [notes], null)];
}

export const newKeyPair = (): { publicKey: string; privateKey: string } =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

/** How a registration differs from one that is as it should be. */
export interface ForeignRegistration {
  /** Instead of the registration key of the server. */
  readonly key?: string;
  readonly claims?: Record<string, unknown>;
  /** Makes the proof of the key; null sends none. */
  readonly proofKey?: string | null;
}

export interface ForeignCall {
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Claims that are not as they should be. */
  readonly claims?: Record<string, unknown>;
  /** Sent instead of one that is made for the call. */
  readonly token?: string;
}

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** A foreign implementation of a server. It registers with real keys and speaks the protocol; what it says is up to the test. */
export class ForeignPeer {
  readonly iss = newHexId();
  readonly epoch = newHexId();
  keys = newKeyPair();
  /** What it answers below /api/ods, by the beginning of the path; 404 otherwise. */
  readonly routes = new Map<string, Route>();
  /** Takes calls, and answers none: neither a head nor an end. */
  isSilent = false;
  private seq = 0;
  private readonly server = http.createServer((request, response) => this.answer(request, response));
  private about: About | undefined;

  private constructor(
    readonly name: string,
    private readonly firewalled: boolean,
    private readonly stage: string,
  ) {
    this.json('catalog', () => ({ epoch: this.epoch, items: [], next: this.seq, last: this.seq }));
    this.json('notifications', () => ({ epoch: this.epoch, taken: 0, refused: [] }));
  }

  static async start(name: string, { firewalled = false, stage = 'Prod' } = {}): Promise<ForeignPeer> {
    const peer = new ForeignPeer(name, firewalled, stage);
    await new Promise<void>((resolve) => peer.server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Answers JSON under a path. */
  json(path: string, answer: (request: IncomingMessage) => unknown): void {
    this.routes.set(path, (request, response) => {
      response.writeHead(200, { 'ods-protocol': '1', 'content-type': 'application/json' }).end(JSON.stringify(answer(request)));
    });
  }

  async registerWith(server: TestServer): Promise<void> {
    const response = await this.register(server);
    if (!response.ok) throw new Error(`Registration was answered ${response.status} ${await response.text()}`);
  }

  async register(server: TestServer, { key, claims = {}, proofKey = this.keys.privateKey }: ForeignRegistration = {}): Promise<Response> {
    this.about = await server.ok<About>('GET', '/api/admin/about');
    const record = {
      name: this.name,
      url: this.firewalled ? null : this.url,
      stage: this.stage,
      firewalled_mode: this.firewalled,
      public_key: this.keys.publicKey,
    };
    const token = tokens.hs256({ ...record, ...this.claims(this.about.iss), ...claims }, key ?? this.about.key);
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    const proof = { ...this.claims(this.about.iss), tok: hash('sha256', Buffer.from(token)) };
    if (proofKey !== null) headers['ods-key-proof'] = tokens.es256(proof, proofKey);
    return fetch(`${server.url}/api/ods/register`, { method: 'POST', headers });
  }

  /** A token as it should be, for one call. */
  tokenFor(method: string, path: string, body: Uint8Array | undefined, wrong: Record<string, unknown> = {}): string {
    const bsh = body && body.length > 0 ? { bsh: hash('sha256', body) } : {};
    const claims = { ...this.claims(this.about!.iss), htm: method, pth: path.split('?')[0], ...bsh, ...wrong };
    return tokens.es256(claims, this.keys.privateKey);
  }

  call(server: TestServer, method: string, path: string, { json, bytes, claims, token }: ForeignCall = {}): Promise<Response> {
    const body = bytes ?? (json === undefined ? undefined : Buffer.from(JSON.stringify(json)));
    const type = bytes ? 'application/vnd.ods.content' : 'application/json';
    return fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token ?? this.tokenFor(method, path, body, claims)}`,
        'ods-protocol': '1',
        ...(body ? { 'content-type': type } : {}),
      },
      body: body ?? null,
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** An entry that is right in every field, except those in `wrong`. */
  entry(filename: string, content: Uint8Array, wrong: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      filename,
      uuid: newHexId(),
      stamp: { wall_ms: Date.now(), counter: 0, iss: this.iss },
      deleted: false,
      size: content.length,
      sha1: hash('sha1', content),
      sha256: hash('sha256', content),
      manifest_sha256: hash('sha256', manifestOf(content)),
      stage: 'Prod',
      notes: null,
      created_ms: Date.now(),
      origin_iss: this.iss,
      ...wrong,
    };
  }

  /** An item of a feed as it is now: the entry, its parts signed by this peer, and whether it is held. */
  item(entry: unknown, held = true): Fields {
    const isObject = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
    const writes = isObject ? { writes: signedWrites(entry as Fields, this.keys.privateKey) } : {};
    return { seq: ++this.seq, entry, held, ...writes };
  }

  /** Sends entries as things that it holds. */
  pushEntries(server: TestServer, entries: readonly unknown[]): Promise<Response> {
    const since = this.seq;
    return this.push(
      server,
      since,
      entries.map((entry) => this.item(entry)),
    );
  }

  /** The same as a server of the version before sends them: without parts and signatures. */
  pushUnsigned(server: TestServer, entries: readonly unknown[]): Promise<Response> {
    const since = this.seq;
    return this.push(
      server,
      since,
      entries.map((entry) => ({ seq: ++this.seq, entry, held: true })),
    );
  }

  push(server: TestServer, since: number, items: readonly unknown[], keys: readonly unknown[] = []): Promise<Response> {
    return this.call(server, 'POST', '/api/ods/notifications', { json: { epoch: this.epoch, since, next: this.seq, items, keys } });
  }

  private claims(audience: string): Record<string, unknown> {
    const iat = Math.floor(Date.now() / 1_000);
    return { iss: this.iss, aud: audience, iat, exp: iat + 60, jti: newHexId() };
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.isSilent) return void request.resume();
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    const challenge = searchParams.get('challenge');
    if (challenge !== null) {
      const proof = tokens.es256({ ...this.claims(`challenge ${challenge}`) }, this.keys.privateKey);
      response.writeHead(200, { 'ods-protocol': '1' }).end(JSON.stringify({ iss: this.iss, proof }));
      return;
    }
    const path = pathname.replace('/api/ods/', '');
    const route = [...this.routes].find(([prefix]) => path.startsWith(prefix))?.[1];
    if (route) route(request, response);
    else response.writeHead(404, { 'ods-protocol': '1', 'content-type': 'application/problem+json' }).end('{"status":404,"detail":"No."}');
  }
}
