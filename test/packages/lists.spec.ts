import { TransferRepository } from '#libs/sync/transfers/transfer.repository.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';

const PASSWORD = 'vermilion otter teapot';

interface Page<T> {
  readonly items: T[];
  readonly total: number;
  readonly next: string | null;
}
interface Deleted {
  readonly filename: string;
  readonly deleted_ts: number;
  readonly restorable_until_ts: number;
  readonly version: { readonly uuid: string; readonly here: boolean };
}
interface Transfer {
  readonly filename: string;
  readonly state: string;
  readonly last_error: string | null;
}

describe('lists that end nowhere in silence', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, RETENTION_DAYS: '9' } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const get = async <T>(path: string): Promise<T> => {
    const response = await admin.send('GET', path);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
  const upload = async (filename: string, content: string, fields: Record<string, string> = {}): Promise<{ stage: string }> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([content]), filename);
    const authorization = `Bearer ${admin.token}`;
    const response = await fetch(`${server.url}/api/admin/upload`, { method: 'POST', headers: { authorization }, body: form });
    expect(response.ok).toBe(true);
    return (await response.json()) as { stage: string };
  };
  const allPages = async <T>(path: string): Promise<T[]> => {
    const seen: T[] = [];
    for (let cursor = ''; ;) {
      const page: Page<T> = await get(`${path}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      seen.push(...page.items);
      if (page.next === null) return seen;
      cursor = page.next;
    }
  };

  describe('deleted packages', () => {
    it('are listed with what restoring brings back, in pages, found by a part of their name', async () => {
      const names = ['alpha.pkg', 'beta.pkg', 'gamma.pkg', 'stays.pkg'];
      for (const name of names) await upload(name, `of ${name}`);
      for (const name of names.slice(0, 3)) expect((await admin.send('DELETE', `packages/${name}`)).status).toBe(204);
      const deleted = await allPages<Deleted>('deleted_packages?limit=2');
      expect(deleted.map(({ filename }) => filename).sort()).toEqual(['alpha.pkg', 'beta.pkg', 'gamma.pkg']);
      const page = await get<Page<Deleted> & { retention_days: number }>('deleted_packages?q=BETA');
      expect([page.total, page.retention_days, page.items[0]!.version.here]).toEqual([1, 9, true]);
      expect(page.items[0]!.restorable_until_ts - page.items[0]!.deleted_ts).toBeGreaterThanOrEqual(9 * 86_400 - 5);
      const restored = await admin.send('POST', `packages/beta.pkg/restore?uuid=${page.items[0]!.version.uuid}`);
      expect(restored.status).toBe(200);
      expect((await get<Page<Deleted>>('deleted_packages?q=beta')).total).toBe(0);
    });

    it('have each content once, however often it was deleted', async () => {
      await admin.send('DELETE', 'packages/beta.pkg');
      const { items } = await get<Page<unknown>>('packages/beta.pkg/versions');
      expect(items).toHaveLength(1);
    });

    it('refuse a cursor of another list', async () => {
      const response = await admin.send('GET', 'deleted_packages?cursor=nothing');
      expect((await problem(response)).status).toBe(400);
    });
  });

  describe('transfers', () => {
    const uuid = (digit: string): string => digit.repeat(32);
    beforeAll(async () => {
      const transfers = server.app.get(TransferRepository, { strict: false });
      for (const digit of ['1', '2', '3', '4', '5'])
        await transfers.begin({ uuid: uuid(digit), filename: `${digit}.pkg`, size: 10 }, Number(digit) * 1_000);
      await transfers.end(uuid('1'), { state: 'done', updatedMs: 6_000 });
      await transfers.end(uuid('2'), { state: 'failed', updatedMs: 7_000, errorCode: 'stalled', lastError: 'The line was silent.' });
      await transfers.end(uuid('3'), { state: 'active', updatedMs: 8_000, errorCode: 'stalled', lastError: 'The line was silent.' });
    });

    it('are filtered, counted, and read in pages', async () => {
      const unfinished = await get<Page<Transfer>>('transfers?state=unfinished&limit=3');
      expect([unfinished.total, unfinished.items.length]).toEqual([4, 3]);
      expect((await allPages<Transfer>('transfers?limit=2')).map(({ filename }) => filename)).toEqual(
        ['3', '2', '1', '5', '4'].map((digit) => `${digit}.pkg`),
      );
      expect((await get<Page<Transfer>>('transfers?state=ended')).items.map(({ state }) => state)).toEqual(['done']);
      expect((await admin.send('GET', 'transfers?cursor=0')).status).toBe(400);
    });

    it('are asked for by content, and one that goes on has no old error', async () => {
      const of = async (digit: string): Promise<Transfer> => (await get<Page<Transfer>>(`transfers?uuid=${uuid(digit)}`)).items[0]!;
      expect(await of('2')).toMatchObject({ filename: '2.pkg', state: 'failed', last_error: 'The line was silent.' });
      expect(await of('3')).toMatchObject({ filename: '3.pkg', state: 'active', last_error: null });
    });
  });

  describe('the stage of an upload', () => {
    it('is that of the package when none is given, and the same content again changes none', async () => {
      expect((await upload('staged.pkg', 'one', { stage: 'Dev' })).stage).toBe('Dev');
      expect((await upload('staged.pkg', 'two', { replace: 'true' })).stage).toBe('Dev');
      expect((await upload('staged.pkg', 'two', { stage: 'Prod' })).stage).toBe('Dev');
      expect((await upload('staged.pkg', 'three', { replace: 'true', stage: 'Test' })).stage).toBe('Test');
      expect((await upload('fresh.pkg', 'one')).stage).toBe('Prod');
    });
  });
});
