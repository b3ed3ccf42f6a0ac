import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoServer } from '../demo/demo-server.mjs';
import { hashOfDownload, makePackage, upload } from '../demo/package-file.mjs';
import { ProgressView } from '../demo/progress-view.mjs';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { stopWithNpm } from './parent.mjs';
import { step } from './step.mjs';

const MIB = 2 ** 20;
const FILENAME = 'demo-installer.pkg';
const ARRIVAL_TIMEOUT_MS = 10 * 60_000;

/** `npm run demo [-- MIB] [-- --once]`: three servers in a line, and a package that travels from end to end. */
export default async function demo(args) {
  stopWithNpm();
  const size = Number(args.find((each) => /^\d+$/.test(each)) ?? 512) * MIB;
  await ensureBuilt('server', 'console');
  const folder = mkdtempSync(path.join(tmpdir(), 'ods-demo-'));
  /** @type {DemoServer[]} */
  const servers = [];
  const stopped = new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, resolve);
  });
  try {
    await Promise.race([show(servers, folder, size), stopped]);
    if (!args.includes('--once')) await Promise.race([stopped, leaveOpen(servers)]);
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
  process.exit(0);
}

/** @param {DemoServer[]} servers filled here @param {string} folder @param {number} size */
async function show(servers, folder, size) {
  const password = randomBytes(9).toString('base64url');
  let port = 8080;
  for (const name of ['north', 'middle', 'south']) {
    port = await nextFreePort(port + 1);
    servers.push(new DemoServer({ name, port, folder, password }));
  }
  const [north, middle, south] = /** @type {[DemoServer, DemoServer, DemoServer]} */ (servers);
  await step('Starting three servers: north, middle, south', () => Promise.all(servers.map((server) => server.start())));
  await step('Registering north with middle, and middle with south', async () => {
    await north.registerWith(middle);
    await middle.registerWith(south);
  });
  const file = path.join(folder, FILENAME);
  const sha256 = await step(`Making a package of ${size / MIB} MiB`, () => makePackage(file, size));
  process.stdout.write(`\nUploading ${FILENAME} to north; the others fetch it by themselves:\n`);
  await travel(servers, file, size);
  await step('Downloading it from south and comparing', async () => {
    const arrived = await hashOfDownload(`${south.url}/share/${FILENAME}`);
    if (arrived !== sha256) throw new Failure('What south serves is not what was uploaded to north.');
  });
  process.stdout.write(`It is byte-identical: SHA-256 ${sha256}\n`);
}

/** @param {DemoServer[]} servers @param {string} file @param {number} size */
async function travel(servers, file, size) {
  const [north, ...others] = /** @type {[DemoServer, ...DemoServer[]]} */ (servers);
  const view = new ProgressView();
  const began = performance.now();
  const taken = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  view.show(north.name, 0, 'uploading');
  for (const { name } of others) view.show(name, 0, 'not known yet');
  await upload(north, file, FILENAME, size, (sent) => view.show(north.name, sent / size, 'uploading'));
  view.show(north.name, 1, `uploaded after ${taken()}`);
  await Promise.all(others.map((server) => watch(server, view, size, taken)));
}

/** @param {DemoServer} server @param {ProgressView} view @param {number} size @param {() => string} taken */
async function watch(server, view, size, taken) {
  const giveUp = Date.now() + ARRIVAL_TIMEOUT_MS;
  while (Date.now() < giveUp) {
    const { state, verified, source } = await server.progressOf(FILENAME);
    if (state === 'here') {
      view.show(server.name, 1, `arrived after ${taken()}`);
      return;
    }
    const words = {
      absent: 'not known yet',
      waiting: 'knows of it, waits for the content',
      arriving: `arriving from ${source ?? 'its neighbour'}`,
    };
    view.show(server.name, verified / size, words[state]);
    await delay(150);
  }
  throw new Failure(`${FILENAME} did not arrive at ${server.name} within ${ARRIVAL_TIMEOUT_MS / 60_000} minutes.`);
}

/** Stays until a server ends, or the demo is stopped. @param {DemoServer[]} servers */
async function leaveOpen(servers) {
  process.stdout.write('\nThe consoles are open to try:\n');
  for (const { name, url } of servers) process.stdout.write(`  ${name.padEnd(8)} ${url}\n`);
  process.stdout.write(`Sign in as admin with the password ${servers[0]?.password}\nCtrl-C ends the demonstration and removes its data.\n`);
  const name = await Promise.race(servers.map(async (server) => (await server.ended(), server.name)));
  throw new Failure(`${name} ended unexpectedly.`);
}

/** @param {number} from */
async function nextFreePort(from) {
  for (let port = from; port < 65_536; port++) {
    const isFree = await new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Failure('No port is free for the demonstration.');
}
