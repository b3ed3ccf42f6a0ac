import { cpSync } from 'node:fs';
import path from 'node:path';
import { makePkg } from '#libs/inspection/formats/package-makers.testing.js';
import { Child, run } from '../support/child.mjs';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { freePort, isLeftOut, scratchDir, sharedService } from '../support/services.js';
import { settingsOn, signIn, whenReady } from './installed-server.js';

const root = path.resolve(import.meta.dirname, '../..');
const GATHER = "const { runtimeFor } = await import('./tools/run/package/runtime.mjs'); await runtimeFor(process.argv[1]);";

/** Loaded by name while the server runs, so that nothing misses them before. */
const loadedByName = [
  ...['@napi-rs/blake-hash', 'better-sqlite3-napi', '@noble/hashes/blake3.js', 'xz-decompress', 'mysql2', 'pg'],
  ...['class-validator', 'class-transformer', '@fastify/static', 'pac-proxy-agent'],
];

(process.platform === 'linux' ? describe : describe.skip)('the directory that installers put on a machine', () => {
  const directory = path.join(scratchDir('runtime'), 'ods');
  const node = path.join(directory, 'bin/node');

  beforeAll(async () => {
    const name = `linux-${process.arch}`;
    await run(process.execPath, ['--input-type=module', '--eval', GATHER, name], { cwd: root });
    // Away from the packages of the checkout, which would stand in for what is missing.
    cpSync(path.join(root, '.cache/runtime', name), directory, { recursive: true });
  });

  it('has what is loaded by name', async () => {
    const program = `const load = require('node:module').createRequire('${directory}/dist/bundle/api.js'); for (const name of process.argv.slice(1)) load(name)`;
    await run(node, ['--eval', program, ...loadedByName]);
  });

  forEachDatabase((database) => {
    const running: Child[] = [];
    afterAll(() => Promise.all(running.map((child) => child.stop('SIGKILL'))));

    it('takes an upload and inspects it', async () => {
      const port = await freePort();
      const server = `http://127.0.0.1:${port}`;
      const usesWorker = database.kind !== 'sqlite' && !isLeftOut('redis');
      const env = {
        ...{ PATH: '/usr/bin:/bin', NODE_ENV: 'production', DATA_DIR: scratchDir('runtime-data'), DATABASE_URL: database.url },
        ...settingsOn(port),
        ...(usesWorker ? { REDIS_URL: await sharedService('redis') } : {}),
      };
      const start = (name: string): Child => {
        const child = new Child(node, ['--enable-source-maps', path.join(directory, `dist/bundle/${name}.js`)], { env, cwd: directory });
        running.push(child);
        return child;
      };
      await whenReady(start('api'), server);
      if (usesWorker) start('worker');

      const authorization = `Bearer ${await signIn(server)}`;
      const body = Uint8Array.from(makePkg());
      const upload = await fetch(`${server}/api/admin/packages/demo.pkg/content`, { method: 'PUT', headers: { authorization }, body });
      expect(upload.status).toBe(201);
      await eventually(
        async () => {
          const answer = await fetch(`${server}/api/admin/packages/demo.pkg/inspection`, { headers: { authorization } });
          expect(await answer.json()).toMatchObject({ state: 'done', details: { title: 'Demo App' } });
        },
        { timeoutMs: 30_000 },
      );
    });
  });
});
