import { createHash, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { type DatabaseKind, forEachDatabase } from '../support/databases.js';
import { newHexId, newKeyPair, signedWrites } from '../support/foreign-peer.js';
import { tokens } from '../support/tokens.js';

const requestsOf: Readonly<Record<DatabaseKind, number>> = { sqlite: 3_000, mariadb: 400, postgres: 400, mssql: 400 };
/** One request that stalls the server longer than this holds up everybody, in milliseconds: generous, for machines with other work. */
const STALL_MS = 5_000;

interface Made {
  readonly method: string;
  readonly url: string;
  readonly body?: Buffer<ArrayBuffer>;
  readonly type: string;
}

/** mulberry32: the same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const odd: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, 1e300, '', 'x', 'a\0b', '\ud800', '\u0007', 'x'.repeat(70_000), [], {}, [null], [[[]]]],
  ...[
    '__proto__',
    '../../etc/passwd',
    "' OR 1=1 --",
    '💣'.repeat(90),
    '9'.repeat(30),
    'NaN',
    { a: { b: [1] } },
    'a'.repeat(32),
    'f'.repeat(64),
  ],
];

/** Makes requests of the API between servers: right ones, and ones in which something is wrong. */
class PeerRequests {
  constructor(
    private readonly random: () => number,
    private readonly iss: string,
    private readonly privateKey: string,
  ) {}

  make(): Made {
    const [method, path, body] = this.pick<[string, string, (() => unknown)?]>([
      ['GET', `catalog${this.query(['since', 'limit', 'wants_before'])}`],
      ['GET', `packages/${this.uuid()}/availability${this.query(['known'])}`],
      ['GET', `packages/${this.uuid()}/manifest`],
      ['GET', `packages/${this.uuid()}/content`],
      ['GET', `packages/${this.uuid()}/push`],
      ['GET', `contents${this.query(['uuids'])}`],
      ['GET', `about${this.query(['challenge'])}`],
      ['POST', 'about', () => this.mutated({ name: 'Fuzz', url: 'http://127.0.0.1:9', stage: 'Prod', firewalled_mode: true })],
      ['POST', 'register', () => this.mutated({})],
      ['POST', 'notifications', () => this.push()],
      ['POST', 'notifications', () => this.push()],
      ['POST', 'notifications', () => this.push()],
      ['PUT', `packages/${this.uuid()}/manifest`, () => randomBytes(40)],
      ['PUT', `packages/${this.uuid()}/blocks/${String(this.pick(['0', '1', '-1', 'x', '99999999', '%00']))}`, () => randomBytes(100)],
    ]);
    const made = body?.();
    const bytes = Buffer.isBuffer(made) ? made : made === undefined ? undefined : this.textOf(made);
    const type = this.chance(0.05) ? 'text/plain' : Buffer.isBuffer(made) ? 'application/vnd.ods.content' : 'application/json';
    return { method, url: `/api/ods/${path}`, type, ...(bytes ? { body: Buffer.from(bytes) } : {}) };
  }

  private textOf(value: unknown): Buffer {
    if (this.chance(0.03))
      return Buffer.from(
        this.pick(['{', '[1,', '', 'nul', `${'['.repeat(50_000)}`, `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_001)}`]),
      );
    if (this.chance(0.02))
      return Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1]))));
    return Buffer.from(JSON.stringify(value) ?? 'null');
  }

  private push(): unknown {
    const items = Array.from({ length: Math.floor(this.random() * 5) }, (_, index) => ({ seq: index + 1, ...this.item() }));
    const push = { epoch: 'e'.repeat(32), since: 0, next: items.length, items: this.chance(0.1) ? this.pick(odd) : items, keys: [] };
    return this.chance(0.3) ? this.mutated(push) : push;
  }

  private item(): object {
    if (this.chance(0.2)) return { server: this.mutated({ iss: newHexId(), public_key: 'x', body: '{}', signature: 'A'.repeat(86) }) };
    const name = this.pick(['a.pkg', 'b.pkg', 'c.pkg']);
    const entry = {
      ...{ filename: name, uuid: this.uuid(), deleted: this.chance(0.3), size: 10, sha1: 'a'.repeat(40), sha256: 'b'.repeat(64) },
      ...{ manifest_sha256: 'c'.repeat(64), stage: 'Prod', notes: null, created_ms: 1, origin_iss: this.iss },
      stamp: this.chance(0.1) ? this.pick(odd) : { wall_ms: Date.now(), counter: Math.floor(this.random() * 100), iss: this.iss },
    };
    const sent = this.chance(0.6) ? this.mutated(entry) : entry;
    return { entry: sent, held: this.chance(0.5), ...(this.chance(0.5) ? { writes: this.writes(entry) } : {}) };
  }

  /** The signed parts of an entry; of some, one is not as it was signed, or none at all. */
  private writes(entry: Record<string, unknown>): unknown {
    if (this.chance(0.1)) return this.pick(odd);
    const stamp = { wall_ms: Date.now(), counter: Math.floor(this.random() * 100), iss: this.iss };
    return signedWrites({ ...entry, stamp }, this.privateKey).map((write) => (this.chance(0.3) ? this.mutated(write) : write));
  }

  private mutated(example: object): unknown {
    if (this.chance(0.05)) return this.pick(odd);
    const body: Record<string, unknown> = { ...example };
    const names = Object.keys(body);
    for (let change = 0; change < 2 && names.length > 0; change += 1) {
      const name = this.pick(names);
      if (this.chance(0.2)) delete body[name];
      else if (this.chance(0.7)) body[name] = this.pick(odd);
    }
    return body;
  }

  private uuid(): string {
    return this.chance(0.7)
      ? this.pick(['1', '2', '3']).repeat(32)
      : encodeURIComponent(this.pick(['x', '..', 'a'.repeat(33), 'G'.repeat(32), '\u0000']));
  }

  private query(names: readonly string[]): string {
    const query = new URLSearchParams();
    for (const name of names) {
      const value = this.pick(odd);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (this.chance(0.6)) query.append(name, this.chance(0.5) ? '1' : text.slice(0, 1_000).replace(/\p{Cs}/gu, '\uFFFD'));
    }
    return query.size > 0 ? `?${query.toString()}` : '';
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  private pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)]!;
  }
}

forEachDatabase((database) => {
  let server: AppInProcess;
  const iss = newHexId();
  const keys = newKeyPair();
  let audience: string;

  beforeAll(async () => {
    const limits = { API_RATE_PER_MINUTE: '0', PEER_TIMEOUT_MS: '150', HOST: '127.0.0.1', ACCEPT_UNSIGNED_WRITES: 'true' };
    server = await startApp({ env: { ADMIN_PASSWORD: 'vermilion otter teapot', DATABASE_URL: database.url, ...limits } });
    audience = (await server.app.get(ServerIdentity).get()).iss;
    await register();
  });
  afterAll(() => server.stop());

  /** Requests may have changed the record. */
  const register = async (): Promise<void> => {
    const record = { iss, name: 'Fuzz', url: 'http://127.0.0.1:9', stage: 'Prod' as const, firewalledMode: true };
    await server.app.get(PeerRepository).save({ ...record, publicKey: keys.publicKey }, Date.now());
  };

  const send = async ({ method, url, body, type }: Made): Promise<Response> => {
    const [path, query = ''] = url.split('?');
    const iat = Math.floor(Date.now() / 1_000);
    const hash = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const claims = { iss, aud: audience, iat, exp: iat + 60, jti: newHexId(), htm: method, pth: path };
    const token = tokens.es256(
      { ...claims, ...(query && { qsh: hash(query) }), ...(body?.length ? { bsh: hash(body) } : {}) },
      keys.privateKey,
    );
    const headers = { authorization: `Bearer ${token}`, 'ods-protocol': '1', ...(body ? { 'content-type': type } : {}) };
    return fetch(server.url + url, { method, headers, body: body ?? null, signal: AbortSignal.timeout(60_000) });
  };

  it(`answers ${requestsOf[database.kind]} requests without a fault of its own, and delays no other caller`, async () => {
    const maker = new PeerRequests(randomOf(database.kind.length * 7_919), iss, keys.privateKey);
    const delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
    const found: string[] = [];
    const statuses = new Map<number, number>();
    for (let count = 0; count < requestsOf[database.kind]; count += 1) {
      const made = maker.make();
      const response = await send(made);
      const text = await response.text();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      if (response.status >= 500)
        found.push(`${made.method} ${made.url.slice(0, 200)} ${made.body?.toString('utf8').slice(0, 500)} → ${response.status} ${text}`);
      if (count % 100 === 0) await register();
    }
    delay.disable();
    expect(found).toEqual([]);
    expect(statuses.get(202) ?? 0).toBeGreaterThan(requestsOf[database.kind] / 20); // not everything was refused at the first look
    expect(delay.max / 1e6).toBeLessThan(STALL_MS);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});
