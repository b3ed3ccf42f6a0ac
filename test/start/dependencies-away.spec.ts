import { once } from 'node:events';
import { connect } from 'node:net';
import { sha256, someBytes } from '../mesh/packages.js';
import type { Child } from '../support/child.mjs';
import { eventually } from '../support/eventually.js';
import { freePort, isLeftOut, scratchDir, type Service, startMariadb, startPostgres, startRedis } from '../support/services.js';
import { startProcess } from '../support/test-process.js';
import { TestServer } from '../support/test-server.js';

/** Many processes start here, on machines that have other work. */
const MB = 1_048_576;
const databases = [
  { kind: 'mariadb', start: () => startMariadb() },
  { kind: 'postgres', start: () => startPostgres() },
] as const;

interface Ready {
  readonly status: string;
  readonly reasons: string[];
  readonly checks: Record<string, { state: string; since?: string }>;
}

async function ready(url: string): Promise<{ status: number; body: Ready }> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(30_000) });
  return { status: response.status, body: (await response.json()) as Ready };
}

const away = {
  status: 503,
  body: {
    status: 'not ready',
    reasons: ['The database does not answer.'],
    checks: expect.objectContaining({ database: { state: 'away', since: expect.stringMatching(/^\d{4}-.*Z$/) } }),
  },
};

/** What a request that needs the database is answered. */
async function expectRefusal(response: Response): Promise<void> {
  const body = (await response.json()) as { type: string };
  expect([response.status, response.headers.get('retry-after'), response.headers.get('content-type'), body.type]).toEqual([
    503,
    '5',
    expect.stringMatching(/^application\/problem\+json/),
    'urn:ods:problem:database-away',
  ]);
}

for (const { kind, start } of databases) {
  (isLeftOut(kind) ? describe.skip : describe)(`a server on ${kind}`, () => {
    let database: Service;
    let server: TestServer;

    beforeAll(async () => {
      database = await start();
      server = await TestServer.start(`away-${kind}`, { DATABASE_URL: database.url });
    });
    afterAll(async () => {
      await server?.dispose();
      await database?.dispose();
    });

    it('answers no request 500 while the database goes, is away and comes back, and downloads go on', async () => {
      const content = someBytes(MB);
      expect((await server.upload('known.pkg', content)).status).toBe(201);
      await server.downloaded('known.pkg');
      const token = await server.login();
      const seen = { isOn: true, admin: new Map<number, number>(), downloads: new Map<number, number>() };
      const count = (map: Map<number, number>, status: number): void => void map.set(status, (map.get(status) ?? 0) + 1);
      const asking = async (path: string, map: Map<number, number>, headers: Record<string, string>): Promise<void> => {
        while (seen.isOn) {
          const response = await fetch(`${server.url}${path}`, { headers, signal: AbortSignal.timeout(60_000) });
          await response.arrayBuffer();
          count(map, response.status);
        }
      };
      const load = [
        asking('/api/admin/packages', seen.admin, { authorization: `Bearer ${token}` }),
        asking('/share/known.pkg', seen.downloads, {}),
        asking('/share/known.pkg', seen.downloads, { range: 'bytes=5-9' }),
      ];
      await database.stop();
      await eventually(async () => expect(await ready(server.url)).toEqual(away), { timeoutMs: 60_000 });
      await expectRefusal(await fetch(`${server.url}/api/admin/packages`, { headers: { authorization: `Bearer ${token}` } }));
      await expectRefusal(await fetch(`${server.url}/share/unknown.pkg`));
      const response = await fetch(`${server.url}/share/known.pkg`);
      expect([response.status, sha256(Buffer.from(await response.arrayBuffer()))]).toEqual([200, sha256(content)]);
      await database.start();
      await eventually(async () => expect((await ready(server.url)).body.status).toBe('ready'), { timeoutMs: 60_000 });
      seen.isOn = false;
      await Promise.all(load);
      expect([...seen.admin.keys()].filter((status) => status !== 200 && status !== 503 && status !== 429)).toEqual([]);
      expect([...seen.downloads.keys()].sort()).toEqual([200, 206]);
      expect(server.logs.match(/The database does not answer: /g)).toHaveLength(1);
      expect(server.logs.match(/The database answers again/g)).toHaveLength(1);
      expect(server.logs.match(/^ {4}at |\\n {4}at /gm)).toBeNull(); // no stack
      expect((await server.upload('afterwards.pkg', content)).status).toBe(201);
    });

    it('goes on asking for links while the database is away', async () => {
      await server.ok('PATCH', '/api/admin/downloads', { link_required: true });
      const { path } = await server.ok<{ path: string }>('POST', '/api/admin/packages/known.pkg/links', {});
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
      await database.stop();
      await eventually(async () => expect(await ready(server.url)).toEqual(away), { timeoutMs: 60_000 });
      for (const target of ['/share/known.pkg', '/share/known.pkg', `${path}x`])
        expect((await fetch(`${server.url}${target}`)).status).toBe(403);
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
      await database.start();
      await eventually(async () => expect((await ready(server.url)).body.status).toBe('ready'), { timeoutMs: 60_000 });
      await server.ok('PATCH', '/api/admin/downloads', { link_required: false });
    });

    it('starts without its database, says so, and goes on when it is there', async () => {
      await server.stop();
      await database.stop();
      const started = server.start();
      await eventually(
        async () => expect(await ready(server.url)).toEqual({ ...away, body: { ...away.body, checks: expect.anything() } }),
        {
          timeoutMs: 60_000,
        },
      );
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      await expectRefusal(await fetch(`${server.url}/share/known.pkg`));
      await database.start();
      await started;
      expect((await server.downloaded('known.pkg')).length).toBe(MB);
    });
  });
}

(isLeftOut('mariadb') ? describe.skip : describe)('a server whose database never comes', () => {
  it('waits with the worker, names no password, and ends at SIGTERM with status 0', async () => {
    const [database, port, workerPort] = [await freePort(), await freePort(), await freePort()];
    const settings = {
      HOST: '127.0.0.1',
      DATABASE_URL: `mariadb://ods:hunter2@127.0.0.1:${database}/ods`,
      REDIS_URL: `redis://127.0.0.1:${database}`,
      DATA_DIR: scratchDir('never'),
    };
    const api = startProcess('api', { ...settings, PORT: port });
    const worker = startProcess('worker', { ...settings, WORKER_PORT: workerPort });
    for (const each of [port, workerPort])
      await eventually(async () => expect((await ready(`http://127.0.0.1:${each}`)).status).toBe(503), { timeoutMs: 60_000 });
    for (const child of [api, worker]) {
      expect(child.output).toContain(`The mariadb database ods at 127.0.0.1:${database} cannot be opened: connect ECONNREFUSED`);
      expect(child.output).not.toContain('hunter2');
      expect((await child.stop()).code).toBe(0);
    }
  });
});

(isLeftOut('redis') ? describe.skip : describe)('a server on SQLite without its Redis', () => {
  let redis: Service;
  let server: TestServer;
  let worker: Child | undefined;

  beforeAll(async () => {
    redis = await startRedis();
    await redis.stop('SIGKILL');
    server = await TestServer.start('no-redis', { REDIS_URL: redis.url });
    worker = await server.startWorker();
  });
  afterAll(async () => {
    await server?.dispose();
    await redis?.dispose();
  });

  it('starts degraded, says since when, takes and serves packages', async () => {
    const { status, body } = await ready(server.url);
    expect([status, body.status, body.reasons]).toEqual([200, 'degraded', [expect.stringMatching(/^Redis does not answer/)]]);
    expect(body.checks['redis']).toEqual({ state: 'away', since: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect((await server.upload('without.pkg', someBytes(MB))).status).toBe(201);
    expect((await server.downloaded('without.pkg')).length).toBe(MB);
    expect(server.logs).toMatch(/Redis at 127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED.* Until it does, jobs wait in the database/);
  });

  it('runs its jobs when Redis is there', async () => {
    await redis.start();
    await eventually(
      async () => expect((await ready(server.url)).body).toMatchObject({ status: 'ready', checks: { redis: { state: 'ok' } } }),
      {
        timeoutMs: 60_000,
      },
    );
    const peer = await TestServer.start('no-redis-peer');
    try {
      await peer.upload('travels.pkg', someBytes(MB));
      await peer.ok('POST', '/api/admin/about/update', { name: 'peer', url: peer.url });
      await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
      const { url, iss, key } = await peer.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
      await server.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
      expect((await server.downloaded('travels.pkg', 120_000)).length).toBe(MB);
      expect(worker!.isRunning).toBe(true);
    } finally {
      await peer.dispose();
    }
  });

  it('does not wait for a Redis that refuses the password', async () => {
    const socket = connect(redis.port, '127.0.0.1');
    socket.write('CONFIG SET requirepass tests-only\r\n');
    await once(socket, 'data');
    socket.destroy();
    const REDIS_URL = `redis://:hunter2@127.0.0.1:${redis.port}`;
    const child = startProcess('api', { HOST: '127.0.0.1', PORT: 0, DATA_DIR: scratchDir('refused'), REDIS_URL });
    await eventually(
      () => {
        if (child.isRunning && !child.output.includes('Ready.')) throw new Error('It is still starting.');
      },
      { timeoutMs: 90_000 },
    );
    const { code } = await child.stop('SIGKILL');
    expect([code, child.output]).toEqual([1, expect.stringMatching(/ODS could not start\. Redis at .* Check REDIS_URL\./)]);
    expect(child.output).not.toContain('hunter2');
  });
});
