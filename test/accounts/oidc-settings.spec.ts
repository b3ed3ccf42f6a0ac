import { problem } from '../support/admin-caller.js';
import { auditOf } from '../support/audit.js';
import { CLIENT } from '../support/openid-provider/knobs.js';
import { OidcPlace } from './oidc-place.js';

describe('the settings of the sign-in with an OpenID provider', () => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start();
  });
  afterAll(() => place.stop());

  const test = async (more: object = {}) => (await place.call<{ ok: boolean; detail: string }>('POST', place.settings(more), '/test')).body;
  const withoutSecret = (more: object = {}) => ({ ...place.settings(more), client_secret: undefined });
  const button = async () => (await place.browser().fetch(`${place.app.url}/api/admin/auth/oidc`)).json();

  describe('before there are any', () => {
    it('are empty, there is no button, and nothing begins', async () => {
      expect(await place.call('GET')).toMatchObject({ status: 200, body: { is_set_up: false, enabled: false, has_secret: false } });
      expect(await button()).toEqual({ enabled: false, label: '' });
      expect(await problem(await place.browser().begin())).toMatchObject({ status: 404, type: 'urn:ods:problem:oidc-off' });
      expect(await place.browser().land(`${place.app.url}/api/admin/auth/oidc/callback?code=a&state=b`)).toBe('/sign-in?refused=expired');
    });

    it('need a secret', async () => {
      expect(await place.call('PUT', withoutSecret())).toMatchObject({ status: 400, body: { detail: 'client_secret is missing.' } });
    });
  });

  describe('once they are saved', () => {
    beforeEach(() => place.reset());

    it('show the button, and what to enter at the provider', async () => {
      expect((await place.call('GET')).body).toEqual({
        ...place.settings(),
        ...{ client_secret: undefined, is_set_up: true, has_secret: true },
        callback_url: `${place.app.url}/api/admin/auth/oidc/callback`,
      });
      expect(await button()).toEqual({ enabled: true, label: 'Example Ltd' });
      expect((await place.call('PUT', withoutSecret({ enabled: false }))).status).toBe(200);
      expect(await button()).toEqual({ enabled: false, label: '' });
    });

    it('keep the secret to themselves, and do not let it be led elsewhere', async () => {
      expect((await place.call('PUT', withoutSecret({ label: 'Other' }))).status).toBe(200);
      for (const change of [{ issuer: 'https://evil.example' }, { client_id: 'other' }]) {
        for (const [method, path] of [
          ['PUT', ''],
          ['POST', '/test'],
        ] as const) {
          expect(await place.call(method, withoutSecret(change), path)).toMatchObject({
            status: 400,
            body: { detail: expect.stringContaining('Give client_secret again') },
          });
        }
      }
      expect(JSON.stringify([await auditOf(place.app), (await place.call('GET')).body])).not.toContain(CLIENT.secret);
    });

    it('are written down with who changed what', async () => {
      await place.call('PUT', withoutSecret({ label: 'Other' }));
      expect((await auditOf(place.app)).at(-1)).toMatchObject({
        ...{ action: 'oidc.settings_updated', actor: 'admin', subject: place.provider.issuer },
        details: { before: { label: 'Example Ltd' }, after: { label: 'Other' }, secret_changed: false },
      });
    });

    it.each([
      [{ issuer: 'http://login.example.com' }, '/issuer'],
      [{ issuer: 'https://a:b@login.example.com' }, '/issuer'],
      [{ issuer: 'login' }, '/issuer'],
      [{ console_url: 'http://ods.example.com' }, '/console_url'],
      [{ scopes: 'profile email' }, '/scopes'],
      [{ scopes: 'openid "x"' }, '/scopes'],
      [{ group_roles: [] }, '/group_roles'],
      [{ group_roles: [{ group: 'a', role: 'root' }] }, '/group_roles/0/role'],
      [
        {
          group_roles: [
            { group: 'a', role: 'viewer' },
            { group: 'a', role: 'admin' },
          ],
        },
        '/group_roles',
      ],
      [{ label: ' x' }, '/label'],
    ])('refuse %j', async (more, pointer) => {
      expect(await place.call('PUT', place.settings(more))).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    });

    it('let a sign-in begin only at the address where it can end', async () => {
      expect((await place.call('PUT', place.settings({ console_url: 'https://ods.example.com/ods/' }))).status).toBe(200);
      const answer = await problem(await place.browser().begin());
      expect(answer).toMatchObject({ status: 409, type: 'urn:ods:problem:oidc-elsewhere' });
      expect(answer.detail).toContain('https://ods.example.com/ods ');
    });

    it('let no other site begin one', async () => {
      expect(await problem(await place.browser().begin({}, { origin: 'https://evil.example' }))).toMatchObject({
        type: 'urn:ods:problem:cross-site-request',
      });
    });

    it('let an address begin twenty at once, then one every few seconds, and bring as many answers', async () => {
      place.isLimited = true;
      const statuses = await Promise.all(Array.from({ length: 22 }, async () => (await place.browser().begin()).status));
      expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
      expect(statuses).toContain(429);
      const answer = await place.browser().begin();
      expect(answer.headers.get('retry-after')).toMatch(/^[1-3]$/);
      const callback = `${place.app.url}/api/admin/auth/oidc/callback?state=x`;
      const landings = await Promise.all(Array.from({ length: 22 }, () => place.browser().land(callback)));
      expect(landings).toContain('/sign-in?refused=too-often');
    });
  });

  describe('are tested', () => {
    beforeEach(() => place.reset());

    it('with discovery, keys and the client', async () => {
      expect(await test()).toEqual({ ok: true, detail: expect.stringMatching(/^The provider answers/) });
      expect(await place.provider.requests()).toEqual(expect.arrayContaining(['GET /jwks', 'POST /token']));
      expect((await auditOf(place.app)).at(-1)).toMatchObject({ action: 'oidc.tested', details: { ok: true } });
    });

    it.each<[string, object, RegExp, Record<string, unknown>?]>([
      ['the secret', { client_secret: 'wrong' }, /does not accept/],
      ['the client', { client_id: 'stranger' }, /does not accept/],
      ['a provider without PKCE', {}, /does not offer PKCE/, { code_challenge_methods_supported: ['plain'] }],
      ['a provider without the flow', {}, /does not offer the authorization code flow/, { response_types_supported: ['id_token'] }],
      ['a provider that signs with secrets', {}, /signs with HS256; RS256/, { id_token_signing_alg_values_supported: ['HS256'] }],
      ['a provider without tokens', {}, /token_endpoint/, { token_endpoint: null }],
      ['a provider without keys', {}, /jwks_uri/, { jwks_uri: null }],
      ['a provider without a page', {}, /authorization_endpoint/, { authorization_endpoint: null }],
      ['another issuer', {}, /calls itself https:\/\/evil\.example\. The issuer must be/, { issuer: 'https://evil.example' }],
      ['keys without https', {}, /without https/, { jwks_uri: 'http://evil.example/jwks' }],
    ])('and say what is wrong with %s', async (_name, more, detail, metadata = {}) => {
      await place.set({ metadata });
      expect(await test(more)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
    });

    it('and say that there is no provider below the issuer', async () => {
      expect(await test({ issuer: `${place.provider.issuer}/other` })).toEqual({
        ok: false,
        detail: expect.stringMatching(/^There is no OpenID configuration below .*\/other \(status 404\)/),
      });
    });

    it('and say that the provider is away', async () => {
      await place.set({ isDown: true });
      expect(await test()).toEqual({ ok: false, detail: 'The provider answered 503.' });
    });
  });
});

describe('a provider on the machine of the server', () => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start({ OUTBOUND_ALLOW_LOCAL: 'false' });
  });
  afterAll(() => place.stop());

  it('is not asked, unless the administrator of the machine allows it', async () => {
    const { body } = await place.call<{ detail: string }>('POST', place.settings(), '/test');
    expect(body).toEqual({ ok: false, detail: expect.stringContaining('OUTBOUND_ALLOW_LOCAL') });
    expect(await place.provider.requests()).toEqual([]);
  });
});
