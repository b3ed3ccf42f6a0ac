import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import { SeenToken } from '#libs/entities/seen-token.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PurgeSeenTokensHandler } from '#libs/peers/registration/registration.handlers.js';
import { problem } from '../support/admin-caller.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { Site } from '../support/site.js';
import { tokens } from '../support/tokens.js';

const now = (): number => Math.floor(Date.now() / 1_000);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
}

forEachDatabase((database) =>
  describe('a call between servers', () => {
    let site: Site;
    let friend: Site;
    let self: Identity;
    let peer: Identity;
    let shiftMs = 0;

    beforeAll(async () => {
      [site, friend] = await Promise.all([Site.start('Site', { env: { DATABASE_URL: database.url } }), Site.start('Friend')]);
      await friend.registerWith(site);
      self = await site.server.app.get(ServerIdentity).get();
      peer = await friend.server.app.get(ServerIdentity).get();
      site.server.app.get(Clock).now = () => Date.now() + shiftMs;
    });
    beforeEach(() => void (shiftMs = 0));
    afterAll(() => Promise.all([site.stop(), friend.stop()]));

    const catalog: Call = { method: 'GET', path: '/api/ods/catalog' };
    const announce = (name: string): Call => {
      const body = JSON.stringify({ name, url: friend.url, stage: 'Prod', firewalled_mode: false });
      return { method: 'POST', path: '/api/ods/about', body };
    };
    const claimsFor = ({ method = 'GET', path = '/', body }: Call): Record<string, unknown> => ({
      iss: peer.iss,
      aud: self.iss,
      iat: now(),
      exp: now() + 60,
      jti: randomBytes(16).toString('hex'),
      htm: method,
      pth: path,
      ...(body === undefined ? {} : { bsh: sha256(body) }),
    });
    const sign = (claims: object, key = peer.privateKey, head = {}): string => tokens.es256(claims, key, head);
    const send = (
      { method = 'GET', path = '/', body, contentType = 'application/json', headers = {} }: Call,
      token: string | null,
    ): Promise<Response> =>
      fetch(site.url + path, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
      });
    const expectRefusal = async (response: Response, words: string, code = 'peer-token-refused'): Promise<void> => {
      expect(response.status).toBe(401);
      const { type, detail } = await problem(response);
      expect([type, detail]).toEqual([`urn:ods:problem:${code}`, expect.stringContaining(words)]);
    };
    const nameAtSite = async (): Promise<unknown> => (await site.peers())[0]?.['name'];

    it('is answered when it is signed for', async () => {
      const response = await send(catalog, sign(claimsFor(catalog)));
      expect(response.status).toBe(200);
      expect(response.headers.get('ods-protocol')).toBe('1');
      expect((await send(announce('Renamed'), sign(claimsFor(announce('Renamed'))))).status).toBe(200);
      expect(await nameAtSite()).toBe('Renamed');
    });

    it('needs a token', async () => {
      await expectRefusal(await send(catalog, null), 'needs a token');
      for (const token of ['x', 'a.b.c', 'e30.e30.e30', '..', `${sign(claimsFor(catalog))}x`])
        expect((await send(catalog, token)).status).toBe(401);
      for (const payload of ['{', '', 'null', '7', '[]', '"text"'])
        await expectRefusal(await send(catalog, sign(payload as never)), 'not registered', 'peer-unknown');
    });

    it('is taken from registered servers only', async () => {
      for (const iss of ['a'.repeat(32), '\u0000', '', 7, null, [peer.iss], { a: 1 }, peer.iss.toUpperCase(), `${peer.iss}'--`]) {
        await expectRefusal(await send(catalog, sign({ ...claimsFor(catalog), iss })), 'not registered', 'peer-unknown');
      }
    });

    it('must be signed with the key of the one it claims to be from', async () => {
      const { privateKey } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      await expectRefusal(await send(catalog, sign(claimsFor(catalog), privateKey)), 'signature');
      await expectRefusal(await send(catalog, sign(claimsFor(catalog), self.privateKey)), 'signature');
      await expectRefusal(await send(catalog, sign(claimsFor(catalog), privateKey, { kid: peer.iss })), 'signature');
      const [head, body, signature] = sign(claimsFor(catalog)).split('.') as [string, string, string];
      const forged = Buffer.from(JSON.stringify({ ...claimsFor(catalog), name: 'x' })).toString('base64url');
      expect(body).not.toBe(forged);
      await expectRefusal(await send(catalog, `${head}.${forged}.${signature}`), 'signature');
    });

    it('cannot choose its algorithm', async () => {
      const claims = claimsFor(catalog);
      for (const token of [
        tokens.unsigned(claims),
        // The public key, which is no secret, taken for a shared one.
        tokens.hs256(claims, peer.publicKey),
        tokens.hs256(claims, self.registrationKey),
        tokens.es256(claims, peer.privateKey, { alg: 'ES384' }),
        tokens.es256(claims, peer.privateKey, { alg: 'none' }),
      ]) {
        await expectRefusal(await send(catalog, token), 'signature');
      }
    });

    it('must be meant for this server', async () => {
      for (const aud of ['b'.repeat(32), peer.iss, '', undefined, [self.iss], [self.iss, 'b'.repeat(32)]]) {
        await expectRefusal(await send(catalog, sign({ ...claimsFor(catalog), aud })), 'another server');
      }
    });

    it('must be of this minute, on clocks that differ by a minute at most', async () => {
      const claims = claimsFor(catalog);
      const token = sign(claims);
      for (shiftMs of [-58_000, 118_000])
        expect((await send(catalog, sign({ ...claims, jti: randomBytes(16).toString('hex') }))).status).toBe(200);
      for (shiftMs of [-63_000, 123_000]) {
        const response = await send(catalog, token);
        expect(response.status).toBe(401);
        const { type, detail } = await problem(response);
        expect(type).toBe('urn:ods:problem:peer-clock-skewed');
        expect(detail.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)).toHaveLength(2);
      }
      shiftMs = 0;
      for (const times of [
        { exp: now() + 3_600 },
        { iat: now() - 10, exp: now() + 60 },
        { exp: now() + 0.5 },
        { exp: 'soon' },
        { iat: undefined },
        { exp: undefined },
      ]) {
        await expectRefusal(await send(catalog, sign({ ...claimsFor(catalog), ...times })), 'too long');
      }
    });

    it('changes something only once, also when the same token comes to both in the same moment', async () => {
      const call = announce('Once');
      const token = sign(claimsFor(call));
      const answers = await Promise.all([send(call, token), send(call, token), send(call, token), send(call, token)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
      shiftMs = 100_000;
      await expectRefusal(await send(call, token), 'used before');
      for (const jti of [undefined, '', 'short', 7, 'x'.repeat(129)])
        expect((await send(call, sign({ ...claimsFor(call), jti }))).status).toBe(401);
    });

    it('cannot be turned into another call by whoever overhears it', async () => {
      const overheard = sign(claimsFor(catalog));
      await expectRefusal(await send({ method: 'DELETE', path: '/api/ods/register' }, overheard), 'another call');
      await expectRefusal(await send({ path: `/api/ods/packages/${'a'.repeat(32)}/content` }, overheard), 'another call');
      const asked = { ...catalog, path: '/api/ods/catalog?since=0' };
      await expectRefusal(await send(asked, overheard), 'another query');
      await expectRefusal(await send(asked, sign({ ...claimsFor(catalog), qsh: sha256('since=1') })), 'another query');
      expect((await send(asked, sign({ ...claimsFor(catalog), qsh: sha256('since=0') }))).status).toBe(200);
      expect(await site.peers()).toHaveLength(1);
    });

    it('cannot have another body than the one it was signed for', async () => {
      const before = await nameAtSite();
      const evil = announce('Evil');
      await expectRefusal(await send(evil, sign(claimsFor(announce('Good')))), 'another body');
      await expectRefusal(await send(evil, sign({ ...claimsFor(evil), bsh: undefined })), 'another body');
      await expectRefusal(await send(evil, sign({ ...claimsFor(evil), bsh: [sha256(evil.body!)] })), 'another body');
      await expectRefusal(await send({ method: 'POST', path: evil.path! }, sign(claimsFor(evil))), 'another body');
      for (const contentType of ['text/plain', 'application/octet-stream', 'multipart/form-data; boundary=x']) {
        const response = await send({ ...evil, contentType }, sign({ ...claimsFor(evil), bsh: undefined }));
        expect([401, 415]).toContain(response.status);
      }
      expect(await nameAtSite()).toBe(before);
    });

    it('speaks a protocol that is known, or a newer one, which is answered in ours', async () => {
      for (const version of ['1', '2', '17']) {
        const response = await send({ ...catalog, headers: { 'ods-protocol': version } }, sign(claimsFor(catalog)));
        expect([response.status, response.headers.get('ods-protocol')]).toEqual([200, '1']);
      }
      for (const version of ['0', '-1', '1.1', 'two', '9'.repeat(50)]) {
        const response = await send({ ...catalog, headers: { 'ods-protocol': version } }, sign(claimsFor(catalog)));
        expect(response.status).toBe(400);
        expect((await problem(response)).detail).toContain('speaks ODS protocol 1');
      }
    });

    it('makes the caller seen', async () => {
      shiftMs = 60_000;
      const before = (await site.peers())[0]!['last_seen_ts'] as number;
      await send(catalog, sign({ ...claimsFor(catalog), iat: now() + 60, exp: now() + 120 }));
      expect((await site.peers())[0]!['last_seen_ts']).toBeGreaterThan(before);
    });

    it('leaves nothing behind in the end', async () => {
      const { manager } = site.server.app.get(Database);
      expect(await manager.count(SeenToken)).toBeGreaterThan(0);
      const purge = site.server.app.get(PurgeSeenTokensHandler, { strict: false });
      await purge.run();
      expect(await manager.count(SeenToken)).toBeGreaterThan(0);
      shiftMs = 600_000;
      await purge.run();
      await eventually(async () => expect(await manager.count(SeenToken)).toBe(0));
    });

    it('reads once, too', async () => {
      const token = sign(claimsFor(catalog));
      expect((await send(catalog, token)).status).toBe(200);
      await expectRefusal(await send(catalog, token), 'used before');
    });

    it('is refused from the moment on that its server is unregistered', async () => {
      const token = sign(claimsFor(catalog));
      expect((await send(catalog, token)).status).toBe(200);
      const [{ id }] = (await site.peers()) as [{ id: number }];
      expect((await site.admin.send('DELETE', `registered_ods/${id}`)).status).toBe(204);
      await expectRefusal(await send(catalog, token), 'not registered', 'peer-unknown');
    });
  }),
);
