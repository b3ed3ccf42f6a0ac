import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import path from 'node:path';
import { adminOf } from '../maintenance/ods-admin.js';
import { eventually } from '../support/eventually.js';
import { FakeTime } from '../support/fake-time.js';
import { TestServer } from '../support/test-server.js';
import { hasState, isGone, packagesOf, sha256, someBytes } from './packages.js';

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const time = FakeTime.create();
const suite = time === null ? describe.skip : describe;

interface Network {
  readonly clock: { readonly state: string; readonly sentence: string; readonly offset_ms: number | null };
  readonly notices: { readonly kind: string; readonly severity: string; readonly sentence: string }[];
  readonly servers: { readonly name: string; readonly status: string; readonly sentence: string }[];
}
const networkOf = (server: TestServer): Promise<Network> => server.ok<Network>('GET', '/api/admin/network');

async function pair(): Promise<{ wrong: TestServer; other: TestServer }> {
  const [wrong, other] = [await TestServer.start('wrong', time!.environment), await TestServer.start('other')];
  for (const server of [wrong, other]) await server.ok('POST', '/api/admin/about/update', { name: server.name, url: server.url });
  const { url, iss, key } = await other.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
  await wrong.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  return { wrong, other };
}

suite('a server whose clock is wrong', () => {
  let wrong: TestServer;
  let other: TestServer;

  beforeEach(async () => {
    time!.set('+0');
    ({ wrong, other } = await pair());
    await wrong.upload('before.pkg', someBytes(1_000));
    await hasState(other, 'before.pkg', 'Public');
  });
  afterEach(() => Promise.all([wrong.dispose(), other.dispose()]));

  it('accepts no changes while it is ahead, says both times, serves downloads, and resumes when it is right', async () => {
    const content = someBytes(1_000);
    await wrong.upload('here.pkg', content);
    time!.set('+400d');
    for (const refused of [
      await wrong.upload('future.pkg', someBytes(1_000)),
      await wrong.api('PATCH', '/api/admin/packages/before.pkg', { notes: 'x' }),
      await wrong.api('DELETE', '/api/admin/packages/before.pkg'),
    ]) {
      expect(refused.status).toBe(503);
      expect(refused.body).toMatchObject({
        type: 'urn:ods:problem:own-clock-ahead',
        own_time: expect.stringContaining(dayIn(400)),
        other_servers_time: expect.stringContaining(dayIn(0)),
      });
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
    }
    expect(sha256(await wrong.downloaded('here.pkg'))).toBe(sha256(content));
    expect((await packagesOf(wrong)).map(({ filename }) => filename).sort()).toEqual(['before.pkg', 'here.pkg']);

    const { clock, notices } = await networkOf(wrong);
    expect(clock).toMatchObject({ state: 'ahead', sentence: expect.stringContaining('400 days') });
    expect(notices).toContainEqual({ kind: 'clock', severity: 'problem', sentence: clock.sentence });
    const ready = (await (await fetch(`${wrong.url}/readyz`)).json()) as { status: string; reasons: string[]; checks: { clock: object } };
    expect(ready).toMatchObject({
      status: 'degraded',
      reasons: [expect.stringContaining('400 days')],
      checks: { clock: { state: 'ahead' } },
    });
    expect(await (await fetch(`${wrong.url}/metrics`)).text()).toMatch(/^ods_clock_offset_seconds -345\d{5}/m);
    await wrong.logged(/clock is 400 days/);

    time!.set('+0');
    await eventually(async () => expect((await wrong.upload('after.pkg', someBytes(1_000))).status).toBe(201));
    await hasState(other, 'after.pkg', 'Public');
    await eventually(async () => expect((await networkOf(wrong)).clock.state).toBe('right'));
  });

  it('is accepted by the others again once it is right, though it wrote before it was warned, and what it wrote can be dated anew', async () => {
    // No peer to compare with: it is down while this clock is ahead.
    await other.stop();
    await wrong.stop();
    time!.set('+400d');
    await wrong.start();
    expect((await wrong.upload('jump.pkg', someBytes(1_000))).status).toBe(201);
    await wrong.stop();
    time!.set('+0');
    await other.start();
    await wrong.start();

    expect((await wrong.upload('after.pkg', someBytes(1_000))).status).toBe(201);
    expect((await wrong.api('DELETE', '/api/admin/packages/before.pkg')).status).toBe(204);
    await hasState(other, 'after.pkg', 'Public');
    await isGone(other, 'before.pkg');
    expect((await packagesOf(other)).map(({ filename }) => filename)).toEqual(['after.pkg']);
    await eventually(async () =>
      expect((await networkOf(wrong)).notices).toContainEqual(
        expect.objectContaining({ kind: 'clock', sentence: expect.stringMatching(/^1 package was stamped .*ods-admin reset-clock/) }),
      ),
    );

    expect(await adminOf(wrong, 'reset-clock')).toEqual({ code: 0, output: expect.stringContaining('stamped later by this server: 1.') });
    await hasState(other, 'jump.pkg', 'Public');
    await eventually(async () => {
      expect((await networkOf(wrong)).notices).toEqual([]);
      for (const server of [wrong, other]) {
        const { servers } = await networkOf(server);
        expect(servers.map(({ status }) => status)).toEqual(['in_sync', 'in_sync']);
      }
    });
    const { items } = await wrong.ok<{ items: { action: string }[] }>('GET', '/api/admin/audit?action=server.clock_reset');
    expect(items).toHaveLength(1);
  });

  it('does not win with what it stamped over what others write later', async () => {
    await other.stop();
    await wrong.stop();
    time!.set('+400d');
    await wrong.start();
    await wrong.upload('before.pkg', someBytes(2_000), { replace: 'true' });
    await wrong.stop();
    time!.set('+0');
    await other.start();
    const later = someBytes(3_000);
    await other.upload('before.pkg', later, { replace: 'true' });
    await wrong.start();
    await eventually(async () => expect(sha256(await wrong.downloaded('before.pkg'))).toBe(sha256(later)), { timeoutMs: 60_000 });
    expect(sha256(await other.downloaded('before.pkg'))).toBe(sha256(later));
  });

  it('resumes what it had put off while its clock was ahead', async () => {
    await other.stop();
    time!.set('+400d');
    await eventually(() => {
      const database = new SqliteFile(path.join(wrong.dataDir, 'ods.sqlite'), { readonly: true });
      try {
        const far = database.prepare('SELECT COUNT(*) AS many FROM job WHERE due_ms > ?').get(Date.now() + 300 * DAY_MS) as {
          many: number;
        };
        expect(far.many).toBeGreaterThan(2);
      } finally {
        database.close();
      }
    });
    time!.set('+0');
    await other.start();
    await other.upload('news.pkg', someBytes(1_000));
    await hasState(wrong, 'news.pkg', 'Public');
    await eventually(() => {
      const database = new SqliteFile(path.join(wrong.dataDir, 'ods.sqlite'), { readonly: true });
      try {
        const far = database.prepare("SELECT type FROM job WHERE state = 'due' AND due_ms > ?").all(Date.now() + 2 * DAY_MS);
        expect(far).toEqual([]);
      } finally {
        database.close();
      }
    });
  });
});
