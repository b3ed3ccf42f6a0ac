import { generateKeyPairSync, randomBytes } from 'node:crypto';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { Clock } from '#libs/platform/clock.js';
import { problem } from '../support/admin-caller.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';
import { type About, Site } from '../support/site.js';
import { tokens } from '../support/tokens.js';

type Claims = Record<string, unknown>;
const newKeys = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', {
    namedCurve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const now = (): number => Math.floor(Date.now() / 1_000);
const times = (): Claims => ({ iat: now(), exp: now() + 60, jti: randomBytes(16).toString('hex') });

/** A foreign implementation of a server: it proves itself as it likes. */
class Foreign {
  keys = newKeys();
  readonly iss = randomBytes(16).toString('hex');
  readonly calls: IncomingMessage[] = [];
  private readonly server = http.createServer((request, response) => {
    this.calls.push(request);
    const challenge = new URL(request.url!, 'http://x').searchParams.get('challenge');
    const answer = challenge === null ? this.answer(request) : { iss: this.iss, proof: this.prove(challenge) };
    response.writeHead(200, { 'ods-protocol': '1' }).end(JSON.stringify(answer));
  });

  prove = (challenge: string): string => tokens.es256({ iss: this.iss, aud: `challenge ${challenge}`, ...times() }, this.keys.privateKey);
  /** What it answers to a registration. */
  answer: (request: IncomingMessage) => object = () => ({});

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  record(): Claims {
    return { name: 'Foreign', url: this.url, stage: 'Prod', firewalled_mode: false, public_key: this.keys.publicKey };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Each call comes from another address, so that no throttle sees a crowd. */
const post = (site: Site, token: string | null): Promise<Response> =>
  fetch(`${site.url}/api/ods/register`, {
    method: 'POST',
    headers: { 'x-forwarded-for': `10.${[...randomBytes(3)].join('.')}`, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
  });
const behindProxy = { TRUST_PROXY: 'true' };

forEachDatabase((database) =>
  describe('a registration that comes in', () => {
    let site: Site;
    let foreign: Foreign;
    let about: About;
    beforeAll(async () => {
      site = await Site.start('Site', { env: { ...behindProxy, DATABASE_URL: database.url } });
      about = await site.about();
    });
    beforeEach(async () => void (foreign = await new Foreign().start()));
    afterEach(() => foreign.stop());
    afterAll(() => site.stop());

    const claims = (): Claims => ({ ...foreign.record(), iss: foreign.iss, aud: about.iss, ...times() });
    const send = async (wrong: Claims = {}): Promise<Response> => post(site, tokens.hs256({ ...claims(), ...wrong }, about.key));
    const expectNobodyNew = async (response: Response, status: number, words: string): Promise<void> => {
      expect([response.status, (await problem(response)).detail]).toEqual([status, expect.stringContaining(words)]);
      expect((await site.peers()).filter(({ iss }) => iss === foreign.iss)).toEqual([]);
    };

    it("is answered with this server's own record, signed for the caller", async () => {
      const response = await send();
      expect(response.status).toBe(201);
      const { record } = (await response.json()) as { record: string };
      expect(jwt.verify(record, about.key, { algorithms: ['HS256'], audience: foreign.iss, issuer: about.iss })).toMatchObject({
        name: 'Site',
        url: site.url,
        stage: 'Prod',
        firewalled_mode: false,
        public_key: expect.stringContaining('BEGIN PUBLIC KEY') as string,
      });
      expect(jwt.decode(record)).not.toHaveProperty('registrationKey');
    });

    it('calls the URL back without any token: it would be good elsewhere', async () => {
      await send();
      expect(foreign.calls.map(({ url }) => url!.split('?')[0])).toEqual(['/api/ods/about']);
      expect(foreign.calls[0]!.headers.authorization).toBeUndefined();
    });

    it('counts once', async () => {
      const token = tokens.hs256(claims(), about.key);
      expect((await post(site, token)).status).toBe(201);
      const again = await post(site, token);
      expect([again.status, (await problem(again)).detail]).toEqual([401, expect.stringContaining('used before')]);
    });

    it('needs a token that the registration key was used for', async () => {
      const tampered = tokens.hs256(claims(), about.key).split('.');
      tampered[1] = Buffer.from(JSON.stringify({ ...claims(), name: 'Evil' })).toString('base64url');
      for (const token of [
        null,
        'x',
        tokens.unsigned(claims()),
        tokens.hs256(claims(), Buffer.alloc(32).toString('base64')),
        tokens.hs256(claims(), ''),
        tokens.hs256(claims(), 'null'),
        tokens.es256(claims(), foreign.keys.privateKey),
        tampered.join('.'),
      ]) {
        await expectNobodyNew(
          await post(site, token),
          401,
          token === null || token.split('.')[2] === '' || token === 'x' ? 'needs a token' : 'signature',
        );
      }
    });

    it('must be meant for this server and of this minute', async () => {
      await expectNobodyNew(await send({ aud: foreign.iss }), 401, 'another server');
      await expectNobodyNew(await send({ exp: now() + 4_000 }), 401, 'too long');
      await expectNobodyNew(await send({ iat: now() - 200, exp: now() - 140 }), 401, 'clocks');
      await expectNobodyNew(await send({ iat: now() + 200, exp: now() + 260 }), 401, 'clocks');
      await expectNobodyNew(await send({ jti: undefined }), 401, 'jti');
      await expectNobodyNew(await send({ iss: about.iss }), 422, 'itself');
      await expectNobodyNew(await send({ iss: 'x' }), 401, 'issuer');
    });

    it.each<[string, Claims]>([
      ['completely', { name: undefined }],
      ['completely', { name: '' }],
      ['completely', { name: 'a\u0000b' }],
      ['completely', { name: 'x'.repeat(3_000) }],
      ['completely', { name: { toString: 'x' } }],
      ['completely', { stage: 'Production' }],
      ['completely', { stage: ['Prod'] }],
      ['completely', { firewalled_mode: 'no' }],
      ['no URL', { url: null }],
      ['absolute', { url: 'x' }],
      ['http', { url: 'file:///etc/passwd' }],
      ['user name', { url: 'http://a:b@127.0.0.1/' }],
      ['too long', { url: `http://127.0.0.1/${'x'.repeat(600)}` }],
      ['public key', { public_key: undefined }],
      ['public key', { public_key: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }],
      ['public key', { public_key: newKeys('P-384').publicKey }],
      [
        'public key',
        {
          public_key: generateKeyPairSync('rsa', {
            modulusLength: 1_024,
            publicKeyEncoding: { type: 'spki', format: 'pem' },
            privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
          }).publicKey,
        },
      ],
    ])('must say who comes: %s: %j', async (words, wrong) => {
      await expectNobodyNew(await send(wrong), 422, words);
      expect(foreign.calls).toEqual([]);
    });
  }),
);

describe('the proof that a URL belongs to its server', () => {
  let site: Site;
  let about: About;
  let foreign: Foreign;
  beforeAll(async () => {
    site = await Site.start('Site', { env: behindProxy });
    about = await site.about();
  });
  beforeEach(async () => void (foreign = await new Foreign().start()));
  afterEach(() => foreign.stop());
  afterAll(() => site.stop());
  const send = (): Promise<Response> =>
    post(site, tokens.hs256({ ...foreign.record(), iss: foreign.iss, aud: about.iss, ...times() }, about.key));

  it.each<[string, (foreign: Foreign) => void]>([
    [
      'is one for another challenge',
      (of) => (of.prove = () => tokens.es256({ iss: of.iss, aud: `challenge ${'a'.repeat(32)}`, ...times() }, of.keys.privateKey)),
    ],
    [
      'was made with another key',
      (of) => (of.prove = (challenge) => tokens.es256({ iss: of.iss, aud: `challenge ${challenge}`, ...times() }, newKeys().privateKey)),
    ],
    [
      'is of another server',
      (of) =>
        (of.prove = (challenge) => tokens.es256({ iss: 'b'.repeat(32), aud: `challenge ${challenge}`, ...times() }, of.keys.privateKey)),
    ],
    ['is missing', (of) => (of.prove = () => undefined as never)],
    ['is no text', (of) => (of.prove = () => ({ a: 1 }) as never)],
  ])('is refused when it %s', async (_, spoil) => {
    spoil(foreign);
    const response = await send();
    expect(response.status).toBe(422);
    expect((await problem(response)).detail).toContain(`${foreign.url} does not answer as Foreign. Another server answers there.`);
    expect(await site.peers()).toEqual([]);
  });

  it('lets no other key take the place of a server, whatever registration key it comes with', async () => {
    expect((await send()).status).toBe(201);
    const old = foreign.keys;
    foreign.keys = newKeys();
    const call = (privateKey: string): Promise<Response> =>
      fetch(`${site.url}/api/ods/catalog`, {
        headers: {
          authorization: `Bearer ${tokens.es256({ iss: foreign.iss, aud: about.iss, htm: 'GET', pth: '/api/ods/catalog', ...times() }, privateKey)}`,
        },
      });
    expect([(await call(old.privateKey)).status, (await call(foreign.keys.privateKey)).status]).toEqual([200, 401]);
    const refused = await send();
    expect([refused.status, (await problem(refused)).detail]).toEqual([409, expect.stringContaining('another public key')]);
    expect([(await call(old.privateKey)).status, (await call(foreign.keys.privateKey)).status]).toEqual([200, 401]);
    expect((await auditOf(site.server)).at(-1)).toMatchObject({ action: 'peer.key_change_refused', details: { iss: foreign.iss } });
    expect(await site.peers()).toHaveLength(1);
  });
});

describe('the answer to a registration', () => {
  let site: Site;
  let foreign: Foreign;
  const key = Buffer.alloc(32, 5).toString('base64');
  beforeAll(async () => {
    site = await Site.start('Site');
    foreign = await new Foreign().start();
  });
  afterAll(async () => {
    foreign.stop();
    await site.stop();
  });

  const register = (): Promise<Response> => site.register({ url: foreign.url, iss_id: foreign.iss, key });
  const honest = async (): Promise<Claims> => ({ ...foreign.record(), iss: foreign.iss, aud: (await site.about()).iss, ...times() });

  it('is believed when the key signed it for this server', async () => {
    const claims = await honest();
    foreign.answer = () => ({ record: tokens.hs256({ ...claims, url: 'http://its.own.idea' }, key) });
    const response = await register();
    expect([response.status, await response.json()]).toEqual([201, expect.objectContaining({ url: foreign.url, name: 'Foreign' })]);
    const { id } = (await site.peers())[0]!;
    await site.admin.send('DELETE', `registered_ods/${String(id)}`);
  });

  it.each<[string, (claims: Claims, request: IncomingMessage) => unknown, string]>([
    ['is not there', () => undefined, 'answered, but not as the server'],
    ['is no token', () => ({ a: 1 }), 'answered, but not as the server'],
    [
      'is our own token, sent back',
      (_, request) => request.headers.authorization!.slice('Bearer '.length),
      'answered, but not as the server',
    ],
    [
      'was signed with another key',
      (claims) => tokens.hs256(claims, Buffer.alloc(32).toString('base64')),
      'answered, but not as the server',
    ],
    ['was not signed', (claims) => tokens.unsigned(claims), 'answered, but not as the server'],
    ['is of another server', (claims) => tokens.hs256({ ...claims, iss: 'c'.repeat(32) }, key), 'answered, but not as the server'],
    ['is for another server', (claims) => tokens.hs256({ ...claims, aud: 'c'.repeat(32) }, key), 'answered, but not as the server'],
    ['is old', (claims) => tokens.hs256({ ...claims, iat: now() - 3_600, exp: now() - 3_550 }, key), 'clocks'],
    ['gives only half', (claims) => tokens.hs256({ ...claims, stage: undefined }, key), 'completely'],
  ])('is refused when it %s, and that is no sign-in problem', async (_, make, words) => {
    const claims = await honest();
    foreign.answer = (request) => ({ record: make(claims, request) });
    const response = await register();
    expect([response.status, (await problem(response)).detail]).toEqual([422, expect.stringContaining(words)]);
    expect(await site.peers()).toEqual([]);
  });
});

describe('a crowd of registrations from one address', () => {
  it('is let in one by one, gets a time to retry, and delays no other caller', async () => {
    const site = await Site.start('Site', { env: behindProxy });
    try {
      let shiftMs = 0;
      site.server.app.get(Clock).now = () => Date.now() + shiftMs;
      const ask = (address: string, method: string, path: string): Promise<Response> =>
        fetch(site.url + path, { method, headers: { 'x-forwarded-for': address } });
      const challenge = `/api/ods/about?challenge=${'a'.repeat(32)}`;
      const answers = await Promise.all(
        Array.from({ length: 140 }, (_, index) =>
          index % 2 ? ask('192.0.2.1', 'GET', challenge) : ask('192.0.2.1', 'POST', '/api/ods/register'),
        ),
      );
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(15);
      expect(answers.length - refused.length).toBeGreaterThanOrEqual(100);
      expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await problem(refused[0]!)).type).toBe('urn:ods:problem:registration-throttled');
      expect((await ask('192.0.2.2', 'GET', challenge)).status).toBe(200);
      shiftMs = 2_000;
      expect((await ask('192.0.2.1', 'GET', challenge)).status).toBe(200);
    } finally {
      await site.stop();
    }
  });
});
