import { generateKeyPairSync, sign } from 'node:crypto';
import { SPACE_BUCKETS } from '#libs/replication/catalog-digest.js';
import { writeSummary } from '#libs/replication/server-summary.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, manifestOf, newHexId, newKeyPair, signedWrites } from '../support/foreign-peer.js';
import { TestServer } from '../support/test-server.js';
import { tokens } from '../support/tokens.js';
import { type Listed, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const LEAST = 300;

/** One message, and what the server makes of it. */
interface Attack {
  readonly name: string;
  send(): Promise<Response>;
  /** The answers that are right; 202 when not given. */
  readonly status?: readonly number[];
  /** What the administrator reads about it; nothing when the message is without effect. */
  readonly named?: RegExp;
}

interface Victim {
  readonly filename: string;
  readonly content: Buffer<ArrayBuffer>;
  listed: Listed;
}

const digest = Buffer.alloc(SPACE_BUCKETS * 6).toString('base64');
const times = (): Record<string, unknown> => {
  const iat = Math.floor(Date.now() / 1_000);
  return { iat, exp: iat + 60, jti: newHexId() };
};

/** A server with a valid registration that wants to do harm: whatever it sends, what was served is served with the right bytes. */
describe('a hostile peer', () => {
  let server: TestServer;
  let rogue: ForeignPeer;
  let honest: ForeignPeer;
  let serverIss: string;
  let sent = 0;
  let attack = '';
  const victims: Victim[] = [
    ['empty.pkg', 0],
    ['small.pkg', 1_000],
    ['large.pkg', MB + 11],
  ].map(([filename, size]) => ({ filename: filename as string, content: someBytes(size as number), listed: undefined as never }));

  beforeAll(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '500', RETENTION_DAYS: '0' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
    serverIss = (await server.ok<{ iss: string }>('GET', '/api/admin/about')).iss;
    [rogue, honest] = [await ForeignPeer.start('Rogue'), await ForeignPeer.start('Honest')];
    for (const peer of [rogue, honest]) await peer.registerWith(server);
    for (const { filename, content } of victims) await server.upload(filename, content);
    const listed = await packagesOf(server);
    for (const victim of victims) victim.listed = listed.find(({ filename }) => filename === victim.filename)!;
  });
  afterAll(async () => {
    rogue?.stop();
    honest?.stop();
    await server?.dispose();
  });

  const areServed = async (): Promise<void> => {
    for (const { filename, content } of victims) {
      const response = await fetch(`${server.url}/share/${filename}`);
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([attack, filename, response.status, sha256(bytes)]).toEqual([attack, filename, 200, sha256(content)]);
      expect(response.headers.get('repr-digest')).toBe(`sha-256=:${Buffer.from(sha256(content), 'hex').toString('base64')}:`);
    }
  };
  const lastRefusal = async (): Promise<string> => {
    const { items } = await server.ok<{ items: { name: string; last_refusal: string | null }[] }>('GET', '/api/admin/registered_ods');
    return items.find(({ name }) => name === 'Rogue')?.last_refusal ?? '';
  };
  const run = async (attacks: readonly Attack[]): Promise<void> => {
    for (const { name, send, status = [202], named } of attacks) {
      const response = await send();
      attack = name;
      sent += 1;
      expect([name, status.includes(response.status) ? 'answered' : `${response.status} ${await response.text()}`]).toEqual([
        name,
        'answered',
      ]);
      await areServed();
      if (named) expect([name, await lastRefusal()]).toEqual([name, expect.stringMatching(named)]);
    }
    expect(server.isRunning).toBe(true);
  };

  let counter = 0;
  const later = (): Record<string, unknown> => ({ stamp: { wall_ms: Date.now() + 60_000, counter: ++counter, iss: rogue.iss } });
  const entryAttack = (name: string, { filename, content }: Victim, wrong: Record<string, unknown>, named?: RegExp): Attack => ({
    name: `${name}: ${filename}`,
    send: () => rogue.pushEntries(server, [rogue.entry(filename, content, { ...later(), ...wrong })]),
    ...(named ? { named } : {}),
  });

  it('gives known contents other sizes, hashes and names', async () => {
    const facts: [string, (victim: Victim) => Record<string, unknown>][] = [
      ['size', ({ content }) => ({ size: content.length + 1 })],
      ['size', () => ({ size: 3 })],
      ['size', () => ({ size: 2 ** 30 })],
      ['sha1', () => ({ sha1: 'a'.repeat(40) })],
      ['sha256', () => ({ sha256: 'b'.repeat(64) })],
      ['manifest_sha256', () => ({ manifest_sha256: 'c'.repeat(64) })],
      ['size', () => ({ size: 7, sha1: 'd'.repeat(40), sha256: 'e'.repeat(64) })],
      ['filename', () => ({ filename: 'alias.pkg' })],
      ['filename', () => ({ filename: 'alias.pkg', sha256: 'f'.repeat(64) })],
    ];
    const uses = victims.flatMap((victim) =>
      facts.flatMap(([field, wrong]) =>
        // A deletion of the name itself is a write of its own, which author rights and the mass change guard judge.
        [{}, { stage: 'Dev' }, { notes: 'x', created_ms: 1 }, field === 'filename' ? { deleted: true } : { notes: 'y' }].map((more) =>
          entryAttack(`another ${field}`, victim, { uuid: victim.listed.uuid, ...wrong(victim), ...more }, new RegExp(`another ${field}`)),
        ),
      ),
    );
    await run(uses);
    expect((await packagesOf(server)).map(({ filename }) => filename).sort()).toEqual(victims.map(({ filename }) => filename).sort());
  });

  it('sends what is older, of the future, and bad texts', async () => {
    const stamps = [0, 1, 1_000_000].map((wall_ms) => ({ stamp: { wall_ms, counter: 0, iss: rogue.iss } }));
    const old = victims.flatMap((victim) =>
      stamps.map((stamp) => entryAttack('an old deletion', victim, { uuid: victim.listed.uuid, deleted: true, ...stamp })),
    );
    const ahead = { stamp: { wall_ms: Date.now() + 86_400_000, counter: 0, iss: rogue.iss }, deleted: true };
    const future = victims.map((victim) =>
      entryAttack('a deletion of tomorrow', victim, { uuid: victim.listed.uuid, ...ahead }, /wrong clock/),
    );
    const texts = ['a\0b', '\ud800', 'x\udfff', '\u0007', '\u001b[31m', '\u007f', '\u0085'];
    const notes = texts.map((text) =>
      entryAttack(`notes ${JSON.stringify(text)}`, victims[1]!, { filename: 'texts.pkg', notes: text }, /text of notes/),
    );
    const names = [...texts, '', '..', '../x', 'a/b', 'CON', '.x', 'x.', 'a'.repeat(400)];
    const named = names.map((filename) => entryAttack(`name ${JSON.stringify(filename)}`, victims[1]!, { filename }, /filename/i));
    await run([...old, ...future, ...notes, ...named]);
    const good = await rogue.pushEntries(server, [
      rogue.entry('bad.pkg', Buffer.from('x'), { notes: 'a\0b' }),
      rogue.entry('good.pkg', Buffer.from('y'), { deleted: true }),
    ]);
    expect(await good.json()).toMatchObject({ taken: 1, refused_seqs: [expect.any(Number)] });
  });

  it('sends what is no entry, no page and no message', async () => {
    const wrong: Record<string, unknown>[] = [
      ...[-1, 1.5, '10', null, [], {}].map((size) => ({ size })),
      ...['', 'G'.repeat(64), 'a'.repeat(63), 5, null].flatMap((value) => [
        { sha256: value },
        { sha1: value },
        { uuid: value },
        { manifest_sha256: value },
      ]),
      ...[
        { stage: 'Root' },
        { deleted: 'no' },
        { notes: 'n'.repeat(100_000) },
        { notes: 5 },
        { stamp: null },
        { origin_iss: 'x' },
        { created_ms: -1 },
      ],
      ...[-1, '1', null].map((wall_ms) => ({ stamp: { wall_ms, counter: 0, iss: rogue.iss } })),
      ...[-1, 2 ** 40].map((count) => ({ stamp: { wall_ms: Date.now(), counter: count, iss: rogue.iss } })),
    ];
    const entries = wrong.map((fault, index) => entryAttack(`malformed ${index}`, victims[1]!, fault, /./));
    const bodies: unknown[] = [
      ...[null, [], {}, 'x', 1, { epoch: rogue.epoch }, { epoch: 'x', since: 0, next: 1, items: [] }],
      { epoch: rogue.epoch, since: 0, next: 1, items: Array.from({ length: 1_001 }, () => ({})) },
      ...[{}, 'x', null, [1], [null], [[]]].map((items) => ({ epoch: rogue.epoch, since: 0, next: 1, items })),
      ...[2 ** 53, 1e300].map((size) => ({
        epoch: rogue.epoch,
        since: 0,
        next: 1,
        items: [{ seq: 1, held: true, entry: rogue.entry('x.pkg', Buffer.from('x'), { size }) }],
      })),
      { epoch: rogue.epoch, since: -1, next: 1, items: [] },
    ];
    const messages = bodies.map((json, index): Attack => ({
      name: `message ${index}`,
      send: () => rogue.call(server, 'POST', '/api/ods/notifications', { json }),
      status: [202, 400, 401],
    }));
    const many = Array.from({ length: 1_000 }, (_, index) => rogue.entry(`flood-${index}.pkg`, Buffer.from('x'), { deleted: true }));
    const flood: Attack = { name: 'a flood', send: () => rogue.pushEntries(server, many) };
    await run([...entries, ...messages, flood]);
  });

  it('forges, repeats and bends tokens', async () => {
    const body = { epoch: rogue.epoch, since: 0, next: 1, items: [] };
    const post = (claims: Record<string, unknown>) => () => rogue.call(server, 'POST', '/api/ods/notifications', { json: body, claims });
    const refused = [401];
    const wrong: Record<string, unknown>[] = [
      ...[honest.iss, serverIss, 'a'.repeat(32), 'x', null].map((iss) => ({ iss })),
      ...['b'.repeat(32), '', null].map((aud) => ({ aud })),
      ...[{ exp: Math.floor(Date.now() / 1_000) + 3_600 }, { iat: 1, exp: 2 }, { jti: 'x' }, { jti: null }],
      ...[{ bsh: 'c'.repeat(64) }, { bsh: undefined }, { pth: '/api/ods/about' }, { htm: 'GET' }],
    ];
    const forged = wrong.map((claims): Attack => ({ name: `claims ${JSON.stringify(claims)}`, send: post(claims), status: refused }));
    const made = (token: string): Attack => ({
      name: 'a made up token',
      send: () => rogue.call(server, 'GET', '/api/ods/catalog', { token }),
      status: refused,
    });
    const claims = { iss: rogue.iss, aud: serverIss, htm: 'GET', pth: '/api/ods/catalog', ...times() };
    const bent = [
      tokens.unsigned(claims),
      tokens.hs256(claims, rogue.keys.publicKey),
      tokens.es256({ ...claims, iss: honest.iss }, rogue.keys.privateKey),
      tokens.es256(claims, newKeyPair().privateKey),
      '',
      'x.y.z',
    ].map(made);
    const once = rogue.tokenFor('GET', '/api/ods/catalog', undefined);
    const replay = [200, 401, 401].map((status): Attack => ({
      name: 'a repeated GET',
      send: () => rogue.call(server, 'GET', '/api/ods/catalog', { token: once }),
      status: [status],
    }));
    const query: Attack = {
      name: 'a token for another query',
      send: () => rogue.call(server, 'GET', '/api/ods/catalog?since=5', { claims: { qsh: sha256(Buffer.from('since=0')) } }),
      status: refused,
    };
    await run([...forged, ...bent, ...replay, query]);
  });

  it('sends summaries of servers that are others, are none, or are too many', async () => {
    const summary = (iss: string, keys: { publicKey: string; privateKey: string }, wrong: object = {}): Record<string, unknown> => {
      const stated = {
        iss,
        name: 'Ghost',
        stage: 'Prod' as const,
        url: null,
        firewalledMode: true,
        issuedMs: Date.now(),
        peers: [],
        freeBytes: 1,
        packages: 0,
      };
      const body = writeSummary({ ...stated, digest, digest2: null, munkiDigest: null, kept: [], missing: [], missingCount: 0, ...wrong });
      const signature = sign('sha256', Buffer.from(body), { key: keys.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      return { iss, public_key: keys.publicKey, body, signature };
    };
    const introduce = (servers: readonly unknown[]): Promise<Response> => {
      const items = servers.map((each, index) => ({ seq: index + 1, server: each }));
      return rogue.call(server, 'POST', '/api/ods/notifications', { json: { epoch: newHexId(), since: 0, next: items.length, items } });
    };
    const attack = (name: string, servers: readonly unknown[], named?: RegExp): Attack => ({
      name,
      send: () => introduce(servers),
      ...(named ? { named } : {}),
    });
    const right = summary(newHexId(), newKeyPair());
    const forged: Attack[] = [
      attack('a summary of another peer', [summary(honest.iss, rogue.keys)], /not signed with the key/),
      attack('a summary of this server', [summary(serverIss, rogue.keys)]),
      attack('a changed summary', [{ ...right, body: String(right['body']).replace('Ghost', 'Gh0st') }], /not signed/),
      attack('a summary of tomorrow', [summary(newHexId(), newKeyPair(), { issuedMs: Date.now() + 86_400_000 })], /wrong clock/),
      ...[null, [], 'x', {}, { ...right, signature: 'x' }, { ...right, body: '{}' }, { ...right, public_key: 'x' }].map((value, index) =>
        attack(`no summary ${index}`, [value], /summary/i),
      ),
    ];
    const p384 = generateKeyPairSync('ec', {
      namedCurve: 'P-384',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const ghosts = (): unknown[] => Array.from({ length: 200 }, () => summary(newHexId(), newKeyPair()));
    await run([
      ...forged,
      attack('a summary with another kind of key', [summary(newHexId(), p384)], /public key|not usable/),
      attack('200 ghosts', ghosts()),
      attack('200 more', ghosts(), /no more are stored/),
    ]);
    const { servers } = await server.ok<{ servers: { name: string }[] }>('GET', '/api/admin/network');
    expect(servers.filter(({ name }) => name === 'Ghost').length).toBeLessThanOrEqual(250);
  });

  it('registers again, as itself and as others', async () => {
    const { keys } = rogue;
    const attempt = (
      name: string,
      how: Parameters<ForeignPeer['register']>[1],
      status: number[],
      prepare: () => void = () => undefined,
    ): Attack => ({
      name,
      status,
      send: async () => {
        prepare();
        const response = await rogue.register(server, how);
        rogue.keys = keys;
        return response;
      },
    });
    const other = (): void => void (rogue.keys = newKeyPair());
    await run([
      attempt('as before', {}, [201]),
      attempt('with another key', {}, [409], other),
      attempt('with another key, firewalled', { claims: { firewalled_mode: true, url: null } }, [409], other),
      attempt('as another server', { claims: { iss: honest.iss } }, [409, 422]),
      attempt('as another server, firewalled', { claims: { iss: honest.iss, firewalled_mode: true, url: null } }, [409, 422]),
      attempt('as this server', { claims: { iss: serverIss } }, [422]),
      attempt('with a URL of a metadata service', { claims: { url: 'https://169.254.169.254' } }, [422]),
      attempt('with plain HTTP elsewhere', { claims: { url: 'http://192.0.2.1' } }, [422]),
      attempt('with an unknown key', { key: Buffer.alloc(32).toString('base64') }, [401]),
    ]);
    expect((await honest.call(server, 'GET', '/api/ods/catalog')).status).toBe(200);
  });

  it('reads and pushes what it should not', async () => {
    const paths = victims.flatMap(({ listed: { uuid } }) => [
      `packages/${uuid}/blocks/0`,
      `packages/${uuid}/blocks/999`,
      `packages/${uuid}/manifest`,
    ]);
    const pushes = [...paths, 'packages/x/blocks/0', `packages/${newHexId()}/blocks/0`, `packages/${newHexId()}/blocks/x`].map(
      (path): Attack => ({
        name: `PUT ${path}`,
        send: () => rogue.call(server, 'PUT', `/api/ods/${path}`, { bytes: someBytes(100) }),
        status: [404, 422],
      }),
    );
    const reads = [
      'packages/x/content',
      `packages/${newHexId()}/content`,
      'packages/..%2f..%2fkeys/content',
      'contents?uuids=x',
      'catalog?since=-1',
      'catalog?limit=99999999',
      'catalog?wait=9999',
    ].map((path): Attack => ({ name: `GET ${path}`, send: () => rogue.call(server, 'GET', `/api/ods/${path}`), status: [400, 401, 404] }));
    await run([...pushes, ...reads]);
  });

  it('writes in the name of others, without signatures and with false ones', async () => {
    const since = 0;
    const send =
      (items: readonly unknown[], keys: readonly unknown[] = []) =>
      () =>
        rogue.push(server, since, items, keys);
    const of = ({ filename, content, listed }: Victim, wrong: Record<string, unknown> = {}): Record<string, unknown> =>
      rogue.entry(filename, content, { uuid: listed.uuid, ...later(), ...wrong });
    const honestly = (victim: Victim, wrong: Record<string, unknown> = {}): Record<string, unknown> =>
      of(victim, { stamp: { wall_ms: Date.now() + 60_000, counter: ++counter, iss: honest.iss }, ...wrong });
    const item = (entry: Record<string, unknown>, writes: unknown): unknown => ({ seq: 1, entry, held: true, writes });
    const vouched = (iss: string, publicKey: string): Record<string, unknown> => {
      const text = Buffer.from(JSON.stringify(['ods-key-1', iss, publicKey]));
      const sig = sign('sha256', text, { key: rogue.keys.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      return { iss, public_key: publicKey, introduced_by: rogue.iss, sig };
    };
    const invented = newKeyPair();
    const attacks = victims.flatMap((victim): Attack[] => {
      const deletion = { deleted: true };
      const foreign = honestly(victim, deletion);
      const own = of(victim, deletion);
      const bent = (change: object): unknown[] => signedWrites(own, rogue.keys.privateKey).map((write) => ({ ...write, ...change }));
      return [
        { name: 'an unsigned deletion', send: () => rogue.pushUnsigned(server, [of(victim, deletion)]), named: /not signed/ },
        {
          name: "a deletion in another's name",
          send: send([item(foreign, signedWrites(foreign, rogue.keys.privateKey))]),
          named: /not signed by the server/,
        },
        {
          name: "a deletion in another's name, under a key that it vouches for",
          send: send([item(foreign, signedWrites(foreign, invented.privateKey))], [vouched(honest.iss, invented.publicKey)]),
          named: /not signed by the server|another key/,
        },
        {
          name: "a deletion in this server's name",
          send: () => {
            const entry = of(victim, { ...deletion, stamp: { wall_ms: Date.now() + 60_000, counter: ++counter, iss: serverIss } });
            return send([item(entry, signedWrites(entry, rogue.keys.privateKey))])();
          },
          named: /not signed by the server/,
        },
        {
          name: 'a deletion whose signature is of another name',
          send: send([item(own, bent({ filename: 'other.pkg' }))]),
          named: /not signed|another name/,
        },
        {
          name: 'a deletion with a later stamp than was signed',
          send: send([item(own, bent({ stamp: { wall_ms: Date.now() + 90_000, counter: 0, iss: rogue.iss } }))]),
          named: /not signed/,
        },
        { name: 'a deletion without signatures', send: send([item(own, bent({ sig: null }))]), named: /not signed/ },
        ...[5, 'x', {}, 'A'.repeat(86)].map((sig): Attack => ({
          name: `a signature ${JSON.stringify(sig)}`,
          send: send([item(own, bent({ sig }))]),
          named: /signed|sig|malformed/,
        })),
        ...[[null], ['x'], [{}], [[]], [{ register: 'owner' }], Array.from({ length: 200 }, () => ({}))].map((writes, index): Attack => ({
          name: `no writes ${index}`,
          send: send([item(own, writes)]),
          named: /malformed/,
        })),
      ];
    });
    await run(attacks);
  });

  it('offers replacements and then gives something else', async () => {
    const ods = { 'ods-protocol': '1', 'content-type': 'application/octet-stream' };
    const gives: [string, (part: Buffer) => [number, Buffer, Record<string, string | number>]][] = [
      ['other bytes', (part) => [206, someBytes(part.length), { 'content-length': part.length }]],
      ['less than was asked for', (part) => [206, part.subarray(0, 100), {}]],
      ['more than was asked for, and other bytes first', (part) => [206, Buffer.concat([someBytes(part.length), part]), {}]],
      ['a page of HTML', () => [200, Buffer.from('<html>'), { 'content-type': 'text/html' }]],
      ['no range', () => [416, Buffer.alloc(0), {}]],
    ];
    for (const [what, give] of gives) {
      const target = victims[2]!;
      const content = someBytes(2 * MB);
      const entry = rogue.entry(target.filename, content, later());
      const uuid = entry['uuid'] as string;
      rogue.json(`packages/${uuid}/availability`, () => ({ complete: true }));
      rogue.routes.set(`packages/${uuid}/manifest`, (_request, response) => void response.writeHead(200, ods).end(manifestOf(content)));
      rogue.routes.set(`packages/${uuid}/content`, (request, response) => {
        const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? 'bytes=0-0')!;
        const [status, body, headers] = give(content.subarray(Number(first), Number(last) + 1));
        response.writeHead(status, { ...ods, ...headers }).end(body);
      });
      await run([{ name: what, send: () => rogue.pushEntries(server, [entry]) }]);
      await eventually(
        async () => {
          const { items } = await server.ok<{ items: { uuid: string; last_error: string | null }[] }>('GET', '/api/admin/transfers');
          expect([what, JSON.stringify(items.find((item) => item.uuid === uuid) ?? null)]).toEqual([
            what,
            expect.stringMatching(/"last_error":"[^"]*(Rogue|no more of it)/),
          ]);
        },
        { timeoutMs: 60_000 },
      );
      await areServed();
      const shown = (await packagesOf(server)).find(({ filename }) => filename === target.filename);
      expect(shown).toMatchObject({ replacement_pending: true, served_uuid: target.listed.uuid });
    }
  });

  it('has sent enough, and is named in the audit trail and in events', async () => {
    expect(sent).toBeGreaterThanOrEqual(LEAST);
    const { items } = await server.ok<{ items: { subject: string }[] }>('GET', '/api/admin/audit?action=peer.entry_refused');
    expect(items.length).toBeGreaterThan(0);
    expect(items.every(({ subject }) => subject === 'Rogue')).toBe(true);
    expect(server.logs).not.toMatch(/uncaught|unhandled/i);
    await server.restart();
    await areServed();
  });
});
