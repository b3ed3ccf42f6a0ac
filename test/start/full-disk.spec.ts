import { eventually } from '../support/eventually.js';
import { freePort } from '../support/services.js';
import { SmallDisk } from '../support/small-disk.js';
import { startProcess } from '../support/test-process.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { sha256, someBytes } from '../mesh/packages.js';

const MB = 1_048_576;
const disk = await SmallDisk.mount(100 * MB);
const suite = disk === null ? describe.skip : describe;

interface Ready {
  readonly status: string;
  readonly reasons: string[];
  readonly checks: Record<string, { state: string; free_bytes?: number }>;
}

suite('a server whose disk is full', () => {
  afterAll(() => disk!.unmount());

  it.each([
    ['stopped', 'SIGTERM'],
    ['killed', 'SIGKILL'],
  ] as const)(
    'starts after it was %s, serves downloads, says what it does not do, and does all when there is room',
    async (_how, signal) => {
      await disk!.resize(100 * MB);
      const settings = { DATA_DIR: disk!.directory, DISK_RESERVE_BYTES: '0', PORT: await freePort() };
      const server = await TestServer.start('full', settings);
      const content = someBytes(MB);
      await server.upload(`${signal}.pkg`, content);
      await server.stop(signal);
      await disk!.leave(0);

      const url = server.url;
      const child = startProcess('api', { ...settings, HOST: '127.0.0.1', ADMIN_PASSWORD: ADMIN.password });
      try {
        await child.waitUntil(() => (child.output.includes('Ready.') ? Promise.resolve() : Promise.reject(new Error('not ready'))), 90_000);
        const answer = await fetch(`${url}/share/${signal}.pkg`);
        expect(answer.status).toBe(200);
        expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(sha256(content));
        const ready = await fetch(`${url}/readyz`);
        expect(ready.status).toBe(200);
        expect((await ready.json()) as Ready).toMatchObject({
          status: 'degraded',
          reasons: expect.arrayContaining([expect.stringContaining('The disk is full: downloads are served')]),
          checks: { database: { state: 'ok' }, catalog: { state: 'read-only' }, disk: { state: 'full', free_bytes: 0 } },
        });
        expect((await fetch(`${url}/api/ods/about`)).status).toBe(503);
        expect(child.output).toContain('There is no room on the disk for the database');

        await disk!.resize(100 * MB);
        await eventually(
          async () =>
            expect((await (await fetch(`${url}/readyz`)).json()) as Ready).toMatchObject({
              status: 'ready',
              checks: { catalog: { state: 'ok' } },
            }),
          { timeoutMs: 60_000 },
        );
        const form = { username: ADMIN.username, password: ADMIN.password };
        const login = await fetch(`${url}/api/admin/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(form),
        });
        expect(login.status).toBe(200);
      } finally {
        await child.stop();
      }
    },
  );
});
