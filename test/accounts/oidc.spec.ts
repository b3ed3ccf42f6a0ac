import { OidcSettings } from '#libs/entities/oidc-settings.entity.js';
import { Session } from '#libs/entities/session.entity.js';
import { User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { problem } from '../support/admin-caller.js';
import { auditOf } from '../support/audit.js';
import { CLIENT } from '../support/openid-provider/knobs.js';
import { OidcPlace, people } from './oidc-place.js';

describe('a sign-in with an OpenID provider', () => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start();
  });
  beforeEach(() => place.reset());
  afterAll(() => place.stop());

  const manager = () => place.app.app.get(Database).manager;
  const userOf = (username: string) => manager().findOneBy(User, { username });
  const me = async (account: string) => {
    const browser = place.browser();
    expect(await browser.signIn(account)).toBe('/overview');
    const response = await (await browser.caller()).send('GET', 'auth/me');
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const lastAudit = async () => (await auditOf(place.app)).at(-1)!;

  describe('that succeeds', () => {
    it('makes an external account with the role of the groups, and lands on the page that was asked for', async () => {
      const browser = place.browser();
      expect(await browser.signIn('anna', { then: '/packages?stage=Prod' })).toBe('/packages?stage=Prod');
      expect(browser.attempt).toBeUndefined();
      const caller = await browser.caller();
      expect(await (await caller.send('GET', 'auth/me')).json()).toMatchObject({ username: 'anna', role: 'publisher', external: true });
      expect(await userOf('anna')).toMatchObject({ identityIssuer: place.provider.issuer, identitySubject: 'anna', role: 'publisher' });
      const trail = (await auditOf(place.app)).slice(-2);
      expect(trail).toMatchObject([
        { action: 'user.created', subject: 'anna', actor: 'anna', details: { role: 'publisher', external: true } },
        { action: 'user.signed_in', subject: 'anna', actor: 'anna', details: { with: 'oidc', issuer: place.provider.issuer } },
      ]);
      expect((await caller.send('POST', 'auth/logout')).status).toBe(204);
      expect((await caller.refresh()).status).toBe(401);
    });

    it('finds the same account by its subject, whatever it is called by then', async () => {
      const before = await userOf('anna');
      await place.set({ people: { ...people, anna: { ...people.anna, preferred_username: 'anna-lena', groups: ['ods-admins'] } } });
      expect(await me('anna')).toMatchObject({ body: { id: before!.id, username: 'anna', role: 'admin' } });
      expect((await auditOf(place.app)).slice(-2)).toMatchObject([
        { action: 'user.updated', details: { before: { role: 'publisher' }, after: { role: 'admin' }, by: 'groups' } },
        { action: 'user.signed_in' },
      ]);
    });

    it.each(['RS256', 'ES256'] as const)('takes ID tokens that are signed with %s, with the groups in them', async (algorithm) => {
      await place.set({ algorithm, claimsInIdToken: true });
      expect(await me('anna')).toMatchObject({ body: { role: 'publisher' } });
    });

    it('reads the keys anew when the provider has replaced them, also between beginning and end', async () => {
      const browser = place.browser();
      await browser.signIn('anna');
      await place.provider.rotateKeys();
      const again = place.browser();
      const callback = await again.atProvider(await again.begun(), 'anna');
      await place.provider.rotateKeys();
      expect(await again.land(callback)).toBe('/overview');
    });

    it('sets cookies that scripts cannot read and other sites cannot send', async () => {
      const browser = place.browser();
      const response = await browser.begin();
      expect(response.headers.getSetCookie()).toEqual([
        expect.stringMatching(/Max-Age=600; Path=\/api\/admin\/auth\/oidc; HttpOnly; SameSite=Lax$/),
      ]);
      const { url } = (await response.json()) as { url: string };
      expect(new URL(url).searchParams.get('code_challenge_method')).toBe('S256');
      const done = await browser.fetch(await browser.atProvider(url, 'anna'));
      expect(done.headers.getSetCookie()).toEqual([
        expect.stringContaining('ods_oidc'),
        expect.stringMatching(/^ods_refresh.*Path=\/api\/admin\/auth; HttpOnly; SameSite=Strict$/),
      ]);
      expect(done.headers.get('cache-control')).toBe('no-store');
    });

    it('survives a clock that is a little off', async () => {
      await place.set({ forgery: { times: { exp: -30, iat: 30 } } });
      expect((await me('anna')).status).toBe(200);
    });
  });

  describe('is refused', () => {
    const refused = async (reason: string, account = 'anna') => {
      const browser = place.browser();
      expect(await browser.signIn(account, { then: '/packages' })).toBe(`/sign-in?refused=${reason}&then=%2Fpackages`);
      expect((await browser.caller()).token).toBe('');
      expect(await lastAudit()).toMatchObject({ action: 'user.sign_in_refused', details: { with: 'oidc' } });
    };

    it.each([
      ['without a signature', { signature: 'none' }, /"alg"/],
      ['of another key', { signature: 'foreign' }, /signature/],
      ['changed after it was signed', { signature: 'broken' }, /signature/],
      ['expired', { times: { exp: -90 } }, /"exp"/],
      ['of a clock that is far ahead', { times: { iat: 120, exp: 4_000 } }, /iat/],
      ['for another client', { claims: { aud: 'other' } }, /"aud"/],
      ['of another issuer', { claims: { iss: 'https://evil.example' } }, /"iss"/],
      ['of another sign-in, by its nonce', { claims: { nonce: 'other' } }, /"nonce"/],
      ['without a nonce', { claims: { nonce: null } }, /"nonce"/],
    ] as const)('with an ID token %s', async (_name, forgery, reason) => {
      await place.set({ forgery, claimsInIdToken: true });
      await refused('not-verified');
      expect((await lastAudit()).details).toMatchObject({ reason: expect.stringMatching(reason) });
    });

    it('with an answer of another provider', async () => {
      await place.set({ answer: { iss: 'https://evil.example' } });
      await refused('not-verified');
    });

    it('when the person turns back', async () => {
      const browser = place.browser();
      expect(await browser.signIn(null)).toBe('/sign-in?refused=cancelled&then=%2Foverview');
      expect(await lastAudit()).toMatchObject({ details: { reason: expect.stringContaining('access_denied') } });
    });

    it('when the client secret is wrong', async () => {
      expect((await place.call('PUT', place.settings({ client_secret: 'wrong' }))).status).toBe(200);
      await refused('provider-refused');
    });

    it('when no group gives a role; sign-ins of before end, and the trail says which groups there were', async () => {
      const browser = place.browser();
      await browser.signIn('anna');
      const caller = await browser.caller();
      await place.set({ people: { ...people, anna: { ...people.anna, groups: ['staff'] } } });
      expect((await caller.send('GET', 'auth/me')).status).toBe(200); // groups count at a sign-in
      await refused('no-role');
      expect(await lastAudit()).toMatchObject({ subject: 'anna', details: { groups: ['staff'] } });
      expect((await caller.send('GET', 'auth/me')).status).toBe(401);
      await refused('no-role', 'carl');
      expect(await userOf('carl')).toBeNull();
    });

    it('when another account has the name, which keeps its password and its role', async () => {
      const before = await userOf('admin');
      await refused('name-taken', 'mallory');
      expect(await userOf('admin')).toEqual(before);
      expect(await manager().countBy(User, { identitySubject: 'mallory' })).toBe(0);
    });

    it('when the account is disabled here, until it is enabled', async () => {
      await me('anna');
      const { id } = (await userOf('anna'))!;
      expect((await place.admin.send('PATCH', `users/${id}`, { disabled: true })).status).toBe(200);
      expect(await manager().countBy(Session, { userId: id })).toBe(0);
      await refused('disabled');
      expect((await place.admin.send('PATCH', `users/${id}`, { disabled: false })).status).toBe(200);
      expect((await me('anna')).status).toBe(200);
    });

    it('when it was switched off meanwhile, or has another provider by then', async () => {
      for (const [change, reason] of [
        [{ enabled: false }, 'off'],
        [{ issuer: 'https://other.example' }, 'expired'],
      ] as const) {
        await place.reset();
        const browser = place.browser();
        const callback = await browser.atProvider(await browser.begun(), 'anna');
        expect((await place.call('PUT', place.settings(change))).status).toBe(200);
        expect(await browser.land(callback)).toContain(`refused=${reason}`);
      }
    });
  });

  describe('belongs to one browser, once', () => {
    const under = async () => {
      const browser = place.browser();
      return { browser, callback: await browser.atProvider(await browser.begun(), 'anna') };
    };

    it('an answer with the state of another sign-in does not end the one that is under way', async () => {
      const { browser, callback } = await under();
      const wrong = new URL(callback);
      wrong.searchParams.set('state', 'another');
      expect(await browser.land(wrong.href)).toContain('refused=expired');
      wrong.searchParams.delete('state');
      expect(await browser.land(wrong.href)).toContain('refused=expired');
      expect(await browser.land(callback)).toBe('/overview');
    });

    it('an answer brings nothing in another browser, nor with the cookie of another sign-in', async () => {
      const { callback } = await under();
      const stranger = place.browser();
      expect(await stranger.land(callback)).toBe('/sign-in?refused=expired');
      await stranger.begun();
      expect(await stranger.land(callback)).toContain('refused=expired');
    });

    it('an answer is good once, even with the cookie of before', async () => {
      const { browser, callback } = await under();
      const attempt = browser.attempt!;
      expect(await browser.land(callback)).toBe('/overview');
      expect(await browser.land(callback)).toContain('refused=expired');
      browser.put(attempt);
      expect(await browser.land(callback)).toContain('refused=expired');
      expect(await lastAudit()).toMatchObject({ details: { reason: 'answer was used before' } });
    });

    it('a code of one sign-in is worth nothing in another one', async () => {
      const [mine, theirs] = [await under(), await under()];
      const mixed = new URL(mine.callback);
      mixed.searchParams.set('code', new URL(theirs.callback).searchParams.get('code')!);
      expect(await mine.browser.land(mixed.href)).toContain('refused=provider-refused'); // PKCE: another verifier
    });

    it('a cookie that was changed or is too old is none', async () => {
      const { browser, callback } = await under();
      const [name, value] = browser.attempt!;
      browser.put([name, value.replace(/.{4}$/, 'AAAA')]);
      expect(await browser.land(callback)).toContain('refused=expired');
      browser.put([name, value]);
      place.shiftMs = 10 * 60_000;
      expect(await browser.land(callback)).toContain('refused=expired');
    });

    it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/.//evil.example', '/api/admin/packages'])(
      'it does not lead to %s',
      async (then) => expect(await place.browser().signIn('anna', { then })).toBe('/overview'),
    );
  });

  describe('while the provider is away', () => {
    it('is answered with a sentence, and local accounts sign in', async () => {
      await place.set({ isDown: true });
      place.shiftMs = 120_000; // what it says of itself was read a while ago
      const answer = await problem(await place.browser().begin());
      expect(answer).toMatchObject({ status: 502, type: 'urn:ods:problem:oidc-provider-failed' });
      expect(answer.detail).toMatch(
        /^Signing in with Example Ltd does not work at the moment: the provider does not answer as it should\. Local accounts/,
      );
      expect(await place.admin.signIn({ username: 'admin', password: 'vermilion otter teapot' })).toHaveProperty('access_token');
    });

    it('and was there at the beginning, it ends on the sign-in page', async () => {
      const browser = place.browser();
      const callback = await browser.atProvider(await browser.begun(), 'anna');
      await place.set({ isDown: true });
      expect(await browser.land(callback)).toContain('refused=provider-away');
    });

    it('does not answer at all', async () => {
      await place.provider.stop();
      place.shiftMs = 240_000;
      expect((await problem(await place.browser().begin())).detail).not.toMatch(/ECONNREFUSED|localhost|127\.0\.0\.1/);
      await place.provider.start();
    });
  });

  describe('of an external account', () => {
    it('takes no password, and the role follows the groups alone', async () => {
      await me('bert');
      const { id } = (await userOf('bert'))!;
      const change = async (body: object) => problem(await place.admin.send('PATCH', `users/${id}`, body));
      expect(await change({ password: 'lantern walrus gravel' })).toMatchObject({ status: 409, type: 'urn:ods:problem:external-account' });
      expect(await change({ role: 'viewer' })).toMatchObject({ status: 409, type: 'urn:ods:problem:external-account' });
      const browser = place.browser();
      await browser.signIn('bert');
      const body = { current_password: 'none', new_password: 'lantern walrus gravel' };
      expect(await problem(await (await browser.caller()).send('POST', 'auth/password', body))).toMatchObject({
        type: 'urn:ods:problem:external-account',
      });
      for (const password of ['none', 'bert', ' ']) {
        expect((await place.admin.send('POST', 'auth/login', { username: 'bert', password })).status).toBe(401);
      }
    });

    it('is not the way back in: the last administrator with a password stays', async () => {
      await me('bert');
      const { id } = (await userOf('admin'))!;
      for (const [method, body] of [
        ['DELETE', undefined],
        ['PATCH', { disabled: true }],
      ] as const) {
        expect(await problem(await place.admin.send(method, `users/${id}`, body))).toMatchObject({
          type: 'urn:ods:problem:last-administrator',
        });
      }
    });

    it('ends with the account, and begins anew with a new one', async () => {
      await me('bert');
      const { id } = (await userOf('bert'))!;
      expect((await place.admin.send('DELETE', `users/${id}`)).status).toBe(204);
      const { body } = await me('bert');
      expect(body['id']).not.toBe(id);
    });

    it('also ends at the provider, where that has a page for it', async () => {
      const ends = async () =>
        (await (await place.browser().fetch(`${place.app.url}/api/admin/auth/oidc/end_session`, { method: 'POST' })).json()) as {
          url: string;
        };
      expect(new URL((await ends()).url).pathname).toBe('/session/end');
      await place.set({ metadata: { end_session_endpoint: null } });
      place.shiftMs = 360_000;
      expect(await ends()).toEqual({ url: null });
    });
  });

  describe('leaves no trace of', () => {
    it('secrets, codes and tokens in the audit trail and in what the settings show', async () => {
      const browser = place.browser();
      const callback = await browser.atProvider(await browser.begun(), 'anna');
      await browser.land(callback);
      const all = JSON.stringify([await auditOf(place.app), await place.call('GET')]);
      for (const secret of [CLIENT.secret, new URL(callback).searchParams.get('code')!, 'eyJ']) expect(all).not.toContain(secret);
      const row = await manager().findOneByOrFail(OidcSettings, { id: 1 });
      expect(row.clientSecret).toMatch(/^v1\./);
    });
  });
});

describe('under a path', () => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start({ BASE_PATH: '/ods' });
    await place.reset();
  });
  afterAll(() => place.stop());

  it('cookies and pages stay below it', async () => {
    const browser = place.browser();
    const response = await browser.begin({ then: '/packages' }, { origin: place.app.url });
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining('; Path=/ods/api/admin/auth/oidc;')]);
    const { url } = (await response.json()) as { url: string };
    expect(await browser.land(await browser.atProvider(url, 'anna'))).toBe('/ods/packages');
    expect(await browser.land(`${place.url}/api/admin/auth/oidc/callback?state=x`)).toBe('/ods/sign-in?refused=expired');
  });
});
