import { ServerChanged, ServerStageChanged } from '#libs/about/about.jobs.js';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Job } from '#libs/entities/job.entity.js';
import { Server } from '#libs/entities/server.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';
import { scratchDir } from '../support/services.js';

const PASSWORD = 'vermilion otter teapot';

forEachDatabase((database) =>
  describe("a server's own record", () => {
    let first: AppInProcess;
    let second: AppInProcess;
    let caller: AdminCaller;
    let there: AdminCaller;

    beforeAll(async () => {
      const dataDir = scratchDir('about');
      const start = () => startApp({ dataDir, env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
      [first, second] = await Promise.all([start(), start()]); // at once, on an empty database
      caller = new AdminCaller(first.url);
      await caller.signIn({ username: 'admin', password: PASSWORD });
      there = new AdminCaller(second.url);
      there.token = caller.token;
    });
    afterAll(() => Promise.all([first.stop(), second.stop()]));

    const about = async (of = caller): Promise<Record<string, unknown>> =>
      (await (await of.send('GET', 'about')).json()) as Record<string, unknown>;
    const update = (body: unknown, of = caller): Promise<Response> => of.send('POST', 'about/update', body);
    const jobs = async (): Promise<string[]> => (await first.app.get(Database).manager.find(Job)).map(({ type }) => type);
    const clearJobs = (): Promise<unknown> => first.app.get(Database).manager.createQueryBuilder().delete().from(Job).execute();

    it('is made once, however many processes start at the same time', async () => {
      const { manager } = first.app.get(Database);
      expect(await manager.count(Server)).toBe(1);
      expect(await manager.count(CatalogClock)).toBe(1);
      const [mine, theirs] = await Promise.all([first, second].map(({ app }) => app.get(ServerIdentity).get()));
      expect(mine).toEqual(theirs);
    });

    it('has exactly the members of the reference', async () => {
      expect(await about()).toEqual({
        firewalled_mode: false,
        iss: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        key: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string,
        name: expect.stringMatching(/./) as string,
        stage: 'Prod',
        url: null,
      });
    });

    it('keeps no secret in the clear', async () => {
      const [row] = await first.app.get(Database).manager.find(Server);
      const { key } = await about();
      expect(JSON.stringify(row)).not.toContain(key);
      expect(JSON.stringify(row)).not.toContain('PRIVATE KEY');
    });

    it('takes what the reference sends, and is the same in every process', async () => {
      const input = { name: '  Example ODS ', url: 'http://192.168.99.100/', firewalled_mode: 'Enabled', stage: 'Dev' };
      const response = await update(input);
      expect(response.status).toBe(201);
      const changed = { name: 'Example ODS', url: 'http://192.168.99.100', firewalled_mode: true, stage: 'Dev' };
      expect(await response.json()).toMatchObject(changed);
      expect(await about()).toMatchObject(changed);
      const booleans = await update({ firewalled_mode: false }, there);
      expect(await booleans.json()).toMatchObject({ ...changed, firewalled_mode: false });
    });

    it('queues a job to notify peers, and one that evaluates every package when the stage changes', async () => {
      await update({ stage: 'Prod' });
      await clearJobs();
      await update({ name: 'Another' });
      expect(await jobs()).toEqual([ServerChanged.name]);
      await update({ stage: 'Test' });
      expect((await jobs()).sort()).toEqual([ServerChanged.name, ServerStageChanged.name].sort());
    });

    it('sees a stage that another process changed a moment ago', async () => {
      await update({ stage: 'Dev' });
      await about(there);
      await update({ stage: 'Prod' });
      await clearJobs();
      await update({ stage: 'Dev' }, there);
      expect(await jobs()).toContain(ServerStageChanged.name);
    });

    it('is audited, without secrets', async () => {
      const { key } = await about();
      await update({ name: 'Audited' });
      const events = await auditOf(first);
      expect(events.at(-1)).toMatchObject({
        action: 'server.updated',
        actor: 'admin',
        subject: 'Audited',
        details: { before: { name: expect.any(String) }, after: { name: 'Audited' } },
      });
      expect(JSON.stringify(events)).not.toContain(key);
    });

    it.each([
      [{ iss: 'e7becdda9a9046f6a78f69ef591e9835' }, '/iss', 'cannot be changed'],
      [{ key: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=' }, '/key', 'rotate_key'],
      [{ iss: null }, '/iss', 'cannot be changed'],
      [{ url: 'ods.example.com' }, '/url', 'absolute'],
      [{ url: '' }, '/url', 'absolute'],
      [{ url: 'ftp://ods.example.com' }, '/url', 'http'],
      [{ url: 'javascript:alert(1)' }, '/url', 'http'],
      [{ url: 'http://admin:secret@ods.example.com' }, '/url', 'user name'],
      [{ url: 'http://ods.example.com/?x=1' }, '/url', 'question mark'],
      [{ url: 'http://ods.example.com/#x' }, '/url', 'hash'],
      [{ url: `http://ods.example.com/${'ü'.repeat(200)}` }, '/url', 'long'],
      [{ url: null }, '/url', 'string'],
      [{ url: 7 }, '/url', 'string'],
      [{ name: '' }, '/name', 'name'],
      [{ name: '   ' }, '/name', 'name'],
      [{ name: 'x'.repeat(101) }, '/name', 'name'],
      [{ name: 'a\u0000b' }, '/name', 'NUL'],
      [{ name: 'a\nb' }, '/name', 'control'],
      [{ name: null }, '/name', 'name'],
      [{ stage: 'prod' }, '/stage', 'Dev, Test, Prod'],
      [{ stage: null }, '/stage', 'Dev, Test, Prod'],
      [{ firewalled_mode: 'enabled' }, '/firewalled_mode', 'Enabled or Disabled'],
      [{ firewalled_mode: null }, '/firewalled_mode', 'Enabled or Disabled'],
      [{ colour: 'red' }, '/colour', 'colour'],
    ])('refuses %j and says why', async (input, pointer, word) => {
      const before = await about();
      const response = await update({ ...('name' in input ? {} : { name: 'Not taken' }), ...input });
      expect(response.status).toBe(400);
      const { errors, detail } = await problem(response);
      expect(errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer })]));
      expect(detail).toContain(word);
      expect(await about()).toEqual(before);
    });

    it('changes the registration key at once, here and in the other process', async () => {
      const before = await about();
      const response = await caller.send('POST', 'about/rotate_key');
      expect(response.status).toBe(201);
      const after = await about();
      expect(await response.json()).toEqual(after);
      expect(after).toEqual({ ...before, key: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) as string });
      expect(after['key']).not.toBe(before['key']);
      const identities = await Promise.all([first, second].map(({ app }): Promise<Identity> => app.get(ServerIdentity).read()));
      expect(identities.map(({ registrationKey }) => registrationKey)).toEqual([after['key'], after['key']]);
      expect((await auditOf(first)).at(-1)).toMatchObject({ action: 'server.key_rotated', actor: 'admin' });
    });

    it('does not remember what was rolled back', async () => {
      const before = await about();
      const { app } = first;
      const failing = app.get(Database).transaction(async () => {
        await app.get(ServerIdentity).change({ name: 'Never' });
        throw new Error('for the test');
      });
      await expect(failing).rejects.toThrow('for the test');
      expect(await about()).toEqual(before);
    });
  }),
);

describe('a database that was made under another DATABASE_KEY', () => {
  it('is refused at start, with what to do', async () => {
    const dataDir = scratchDir('other-key');
    const key = (fill: string): Record<string, string> => ({ DATABASE_KEY: fill.repeat(64) });
    await (await startApp({ dataDir, env: key('a') })).stop();
    await expect(startApp({ dataDir, env: key('b') })).rejects.toThrow('Start with the key this database was made with');
    await (await startApp({ dataDir, env: { DATABASE_KEY: `${'b'.repeat(64)},${'a'.repeat(64)}` } })).stop();
  });
});
