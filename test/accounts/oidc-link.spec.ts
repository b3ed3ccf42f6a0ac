import { User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { auditOf } from '../support/audit.js';
import { OidcPlace, people } from './oidc-place.js';

const FIRST = 'lantern walrus gravel';
const OWN = 'seven green bottles';

describe('a local account that is linked with the provider', () => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start();
  });
  beforeEach(() => place.reset());
  afterAll(() => place.stop());

  const userOf = (username: string) => place.app.app.get(Database).manager.findOneBy(User, { username });
  const lastAudit = async () => (await auditOf(place.app)).at(-1)!;

  /** A person with a password of their own, signed in. */
  const local = async (username: string, role = 'viewer'): Promise<AdminCaller> => {
    expect((await place.admin.send('POST', 'users', { username, password: FIRST, role })).status).toBe(201);
    const caller = new AdminCaller(place.app.url);
    await caller.signIn({ username, password: FIRST });
    expect((await caller.send('POST', 'auth/password', { current_password: FIRST, new_password: OWN })).status).toBe(204);
    return caller;
  };
  const link = async (caller: AdminCaller, account: string): Promise<{ landing: string; browser: ReturnType<OidcPlace['browser']> }> => {
    const browser = place.browser();
    const response = await browser.fetch(`${place.app.url}/api/admin/auth/oidc/link`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.token}` },
    });
    expect(response.status).toBe(200);
    const { url } = (await response.json()) as { url: string };
    return { landing: await browser.land(await browser.atProvider(url, account)), browser };
  };

  it('is the same account with the role of the groups, without a password, signed in once', async () => {
    const caller = await local('Anna M.');
    const before = (await userOf('Anna M.'))!;
    const { landing, browser } = await link(caller, 'anna');
    expect(landing).toBe('/overview');
    expect(await (await (await browser.caller()).send('GET', 'auth/me')).json()).toMatchObject({
      ...{ id: before.id, username: 'Anna M.', role: 'publisher', external: true },
    });
    expect((await caller.send('GET', 'auth/me')).status).toBe(401);
    expect((await caller.send('POST', 'auth/login', { username: 'Anna M.', password: OWN })).status).toBe(401);
    expect((await auditOf(place.app)).slice(-4)).toMatchObject([
      { action: 'user.linked', subject: 'Anna M.', actor: 'Anna M.' },
      { action: 'user.updated', details: { before: { role: 'viewer' }, after: { role: 'publisher' } } },
      { action: 'user.signed_in' },
      { action: 'user.sign_in_refused' },
    ]);
    expect(await problem(await (await browser.caller()).send('POST', 'auth/oidc/link'))).toMatchObject({
      type: 'urn:ods:problem:external-account',
    });
  });

  it('stays as it was when the person has an account already, or no role', async () => {
    const caller = await local('second');
    const before = await userOf('second');
    for (const [account, reason] of [
      ['anna', 'linked-already'],
      ['carl', 'no-role'],
    ] as const) {
      expect((await link(caller, account)).landing).toBe(`/set-password?refused=${reason}`);
      expect(await lastAudit()).toMatchObject({ action: 'user.link_refused', subject: 'second', actor: 'second' });
    }
    expect(await userOf('second')).toEqual(before);
    expect((await caller.send('GET', 'auth/me')).status).toBe(200);
  });

  it('is never the last administrator with a password', async () => {
    const before = await userOf('admin');
    expect((await link(place.admin, 'bert')).landing).toContain('refused=last-administrator');
    expect(await userOf('admin')).toEqual(before);
    const other = await local('other', 'admin');
    expect((await link(other, 'bert')).landing).toBe('/overview');
  });

  it('is not linked when the sign-in that asked for it has ended', async () => {
    const caller = await local('left');
    await place.set({ people: { ...people, dora: { preferred_username: 'dora', groups: ['ods-publishers'] } } });
    const browser = place.browser();
    const headers = { authorization: `Bearer ${caller.token}` };
    const response = await browser.fetch(`${place.app.url}/api/admin/auth/oidc/link`, { method: 'POST', headers });
    const callback = await browser.atProvider(((await response.json()) as { url: string }).url, 'dora');
    expect((await caller.send('POST', 'auth/logout')).status).toBe(204);
    expect(await browser.land(callback)).toContain('refused=expired');
    expect(await userOf('left')).toMatchObject({ identityKey: null });
  });

  it('is of a person, not of a program', async () => {
    const made = await place.admin.send('POST', 'tokens', { name: 'program', role: 'admin' });
    const program = Object.assign(new AdminCaller(place.app.url), { token: ((await made.json()) as { token: string }).token });
    expect(await problem(await program.send('POST', 'auth/oidc/link'))).toMatchObject({ type: 'urn:ods:problem:people-only' });
  });
});
