import { AuditLogRepository } from '#libs/audit/audit-log.repository.js';
import { PurgeAuditHandler } from '#libs/audit/purge-audit.handler.js';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';

const PASSWORD = 'vermilion otter teapot';
const DAY = 86_400_000;
const START = Date.parse('2020-01-01T00:00:00Z');
const COUNT = 1_203;

interface Page {
  readonly items: { readonly id: number; readonly at: string; readonly action: string; readonly subject: string | null }[];
  readonly next: string | null;
}

/** One event an hour, long before the test. */
const anEvent = (index: number): Omit<AuditEvent, 'id'> => ({
  atMs: START + index * 3_600_000,
  actorKind: index % 3 === 0 ? 'token' : 'user',
  actor: index % 3 === 0 ? 'build server' : 'Änna',
  action: index % 2 === 0 ? 'package.uploaded' : 'packages_x.other',
  subject: `=file ${index}.pkg`,
  details: { index, name: 'ü"\n' },
  address: '192.0.2.1',
  requestId: null,
});

forEachDatabase((database) => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
    admin = new AdminCaller(server.url);
    const { manager } = server.app.get(Database);
    for (let at = 0; at < COUNT; at += 100) {
      const some = Array.from({ length: Math.min(100, COUNT - at) }, (_, index) => anEvent(at + index));
      await manager
        .createQueryBuilder()
        .insert()
        .into(AuditEvent)
        .values(some as never)
        .updateEntity(false)
        .execute();
    }
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const list = async (query: Record<string, string> = {}): Promise<Page> => {
    const response = await admin.send('GET', `audit?${new URLSearchParams(query).toString()}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Page;
  };
  const all = async (query: Record<string, string>): Promise<Page['items']> => {
    const items: Page['items'][number][] = [];
    for (let next: string | null = ''; next !== null;) {
      const page: Page = await list({ ...query, limit: '500', ...(next ? { cursor: next } : {}) });
      items.push(...page.items);
      next = page.next;
    }
    return items;
  };
  const exported = async (query: Record<string, string>): Promise<Response> => {
    const response = await admin.send('GET', `audit/export?${new URLSearchParams(query).toString()}`);
    expect(response.status).toBe(200);
    return response;
  };

  it('shows the newest first, in pages that have each event once', async () => {
    const first = await list({ limit: '1' });
    expect(first.items).toEqual([
      {
        id: expect.any(Number),
        at: expect.stringMatching(/^20\d\d-.*Z$/),
        at_ts: expect.any(Number),
        actor_kind: 'user',
        actor: 'admin',
        action: 'user.signed_in',
        subject: 'admin',
        details: null,
        address: '127.0.0.1',
        request_id: expect.any(String),
      },
    ]);
    const ids = (await all({ until: '2021-01-01' })).map(({ id }) => id);
    expect(ids).toHaveLength(COUNT);
    expect(new Set(ids).size).toBe(COUNT);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
  });

  it('finds by actor, action, subject and time', async () => {
    const old = { until: '2021-01-01' };
    expect(await all({ ...old, actor: 'build server' })).toHaveLength(401);
    expect(await all({ ...old, actor: 'Änna' })).toHaveLength(802);
    expect(await all({ ...old, actor: 'änna' })).toHaveLength(0);
    expect(await all({ ...old, action: 'package.uploaded' })).toHaveLength(602);
    expect(await all({ ...old, action: 'package.' })).toHaveLength(602);
    expect(await all({ ...old, action: 'package' })).toHaveLength(0);
    expect(await all({ ...old, subject: '=file 17.pkg' })).toMatchObject([{ subject: '=file 17.pkg' }]);
    expect(await all({ since: '2020-01-02', until: '2020-01-03' })).toHaveLength(24);
    expect(await all({ since: '2020-01-02T01:00+01:00', until: '2020-01-02T01:00:00Z' })).toMatchObject([
      { at: '2020-01-02T00:00:00.000Z' },
    ]);
  });

  it('says what is wrong with a filter', async () => {
    for (const query of [
      'since=yesterday',
      'since=2020-02-31T99:00',
      'limit=0',
      'limit=501',
      'cursor=x',
      'action=%25',
      'nothing=1',
      'actor=%00',
    ]) {
      const { status } = await problem(await admin.send('GET', `audit?${query}`));
      expect([query, status]).toEqual([query, 400]);
    }
    expect((await problem(await admin.send('GET', 'audit/export'))).status).toBe(400);
    expect((await problem(await admin.send('GET', 'audit/export?format=xml'))).status).toBe(400);
    expect((await problem(await admin.send('GET', 'audit/export?format=csv&since=2020-13-01'))).status).toBe(400);
  });

  it('hands everything out as CSV, with nothing that a spreadsheet would run', async () => {
    const response = await exported({ format: 'csv', until: '2021-01-01' });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
    const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
    const rows = text.slice(1).split('\r\n');
    expect(text.startsWith('\uFEFFid,at,')).toBe(true);
    expect(rows).toHaveLength(COUNT + 2); // the head, and nothing after the last line
    expect(rows[1]).toContain(`,"Änna","package.uploaded","'=file ${COUNT - 1}.pkg","{""index"":${COUNT - 1},`);
    expect(text).not.toContain(',"=');
  });

  it('hands everything out as JSON lines', async () => {
    const response = await exported({ format: 'jsonl', until: '2021-01-01', actor: 'build server' });
    expect(response.headers.get('content-type')).toBe('application/jsonl');
    const lines = (await response.text()).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toHaveLength(401);
    expect(events.at(-1)).toMatchObject({ at: '2020-01-01T00:00:00.000Z', actor: 'build server', details: { index: 0, name: 'ü"\n' } });
  });

  it('offers nothing that changes it', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const path of ['audit', 'audit/1', 'audit/export'])
        expect([method, path, (await admin.send(method, path)).status]).toEqual([method, path, 404]);
    }
  });

  it('forgets what is older than is kept, all of it and nothing else', async () => {
    const before = await auditOf(server);
    const purge = (days: number) =>
      new PurgeAuditHandler(
        server.app.get(AuditLogRepository),
        new Config({ ...server.config.values, AUDIT_RETENTION_DAYS: days }),
        Object.assign(new Clock(), { now: () => START + 400 * DAY }),
      ).run();
    await purge(0);
    expect(await auditOf(server)).toHaveLength(before.length);
    await purge(400 - 2);
    expect((await auditOf(server)).map(({ id }) => id)).toEqual(before.slice(48).map(({ id }) => id));
    await purge(1);
    expect((await auditOf(server)).map(({ id }) => id)).toEqual(before.slice(COUNT).map(({ id }) => id));
  });
});
