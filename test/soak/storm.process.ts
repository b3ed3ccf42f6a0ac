import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalogOf, packagesOf, sha256, someBytes } from '../mesh/packages.js';
import { Random } from '../simulation/random.js';
import { HostileProxy } from '../support/hostile-proxy.js';
import { TestServer } from '../support/test-server.js';

// `npm run soak` starts this: real servers in a line, every line a proxy, random uploads, replaces, deletes, kills and partitions; then
// calm, and the promises of MESH §1 are checked. The seed makes the same plan again; what the machine does with it differs.

const MB = 1_048_576;
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, servers: { type: 'string', default: '4' } },
});
const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
const minutes = Number(values.minutes);
const random = new Random(seed);
const say = (text: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);

interface Site {
  readonly server: TestServer;
  readonly line: HostileProxy;
}

async function openSites(count: number): Promise<Site[]> {
  const sites: Site[] = [];
  for (let index = 0; index < count; index += 1) {
    const server = await TestServer.start(`s${index}`, {
      PEER_TIMEOUT_MS: 2_000,
      RECONCILE_SECONDS: 5,
      MASS_DELETE_PERCENT: 100,
      LOG_FORMAT: 'json',
    });
    const line = await HostileProxy.to(server.port);
    await server.ok('POST', '/api/admin/about/update', { name: server.name, url: line.url });
    sites.push({ server, line });
    const before = sites[index - 1];
    if (before) await register(server, before.server);
  }
  return sites;
}

async function register(server: TestServer, other: TestServer): Promise<void> {
  const { url, iss, key } = await other.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
  await server.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
}

/** Names whose last acknowledged write is known: only one server writes each, so that none can lose against another. */
const acknowledged = new Map<string, string | null>();
const counts = { uploads: 0, deletes: 0, refused: 0, kills: 0, harms: 0 };

async function upload(server: TestServer): Promise<void> {
  const filename = `${server.name}-${random.below(12)}.pkg`;
  const content = someBytes(random.below(6 * MB));
  acknowledged.delete(filename); // until it is answered, either outcome is right
  const { status } = await server.upload(filename, content, { replace: 'true' });
  if (status === 200 || status === 201) acknowledged.set(filename, sha256(content));
  else counts.refused += 1;
  counts.uploads += 1;
}

async function remove(server: TestServer): Promise<void> {
  const filename = `${server.name}-${random.below(12)}.pkg`;
  acknowledged.delete(filename);
  const { status } = await server.api('DELETE', `/api/admin/packages/${filename}`);
  if (status < 300) acknowledged.set(filename, null);
  counts.deletes += 1;
}

async function kill({ server }: Site): Promise<void> {
  counts.kills += 1;
  await server.kill9();
  await sleep(random.below(1_500));
  await server.start();
}

function harm({ line }: Site): void {
  counts.harms += 1;
  const after = 1 + random.below(4 * MB);
  const kinds = [
    { kind: 'corrupt', every: after },
    { kind: 'truncate', after },
    { kind: 'stall', after },
    { kind: 'reset', after },
    { kind: 'throttle', rate: after },
    { kind: 'partition' },
    { kind: 'none' },
  ] as const;
  line.become(kinds[random.below(kinds.length)]!);
}

async function step(sites: readonly Site[]): Promise<void> {
  const site = sites[random.below(sites.length)]!;
  const dice = random.below(100);
  try {
    if (dice < 50) await upload(site.server);
    else if (dice < 60) await remove(site.server);
    else if (dice < 75) await kill(site);
    else if (dice < 95) harm(site);
    else await sleep(random.below(3_000));
  } catch (error) {
    if (!site.server.isRunning) throw error; // it ended without a stop: that is a fault
    counts.refused += 1;
  }
}

/** Null when all agree and have all that was acknowledged, else what is missing. */
async function faultOf(sites: readonly Site[]): Promise<string | null> {
  const [first, ...others] = await Promise.all(sites.map(({ server }) => catalogOf(server)));
  for (const other of others) if (JSON.stringify(other) !== JSON.stringify(first)) return 'The catalogs differ.';
  for (const { server } of sites) {
    const rows = new Map((await packagesOf(server)).map((row) => [row.filename, row]));
    for (const [filename, hash] of acknowledged) {
      const row = rows.get(filename);
      if (hash === null ? row !== undefined : row?.sha256 !== hash) return `${server.name} has not the acknowledged state of ${filename}.`;
    }
    for (const { filename, status, sha256: expected } of rows.values()) {
      if (status !== 'Public') return `${server.name}: ${filename} is ${status}.`;
      if (sha256(await server.downloaded(filename)) !== expected) return `${server.name} serves wrong bytes of ${filename}.`;
    }
  }
  return null;
}

async function verdict(sites: readonly Site[]): Promise<string | null> {
  for (const { line } of sites) line.become({ kind: 'none' });
  const giveUp = Date.now() + 300_000;
  for (let reported = Date.now(); ;) {
    const fault = await faultOf(sites).catch((error: unknown) => String(error));
    if (fault === null || Date.now() > giveUp) return fault;
    if (Date.now() - reported > 15_000) {
      reported = Date.now();
      say(`Not yet: ${fault}`);
    }
    await sleep(1_000);
  }
}

say(`A storm of ${minutes} minutes over ${values.servers} servers, seed ${seed}.`);
const sites = await openSites(Number(values.servers));
let fault: string | null;
try {
  const until = Date.now() + minutes * 60_000;
  for (let reported = 0; Date.now() < until;) {
    await step(sites);
    if (Date.now() - reported < 15_000) continue;
    reported = Date.now();
    say(`${Math.ceil((until - reported) / 60_000)} min to go: ${JSON.stringify(counts)}`);
  }
  say('Calm. Waiting until all agree.');
  fault = await verdict(sites);
  if (fault !== null) for (const { server } of sites) process.stdout.write(`\n--- ${server.name}\n${server.logs.slice(-4_000)}\n`);
} finally {
  for (const { server, line } of sites) {
    line.close();
    await server.dispose();
  }
}
say(
  fault === null
    ? `Kept: ${acknowledged.size} acknowledged names are everywhere. ${JSON.stringify(counts)}`
    : `BROKEN: ${fault} Seed ${seed}.`,
);
process.exit(fault === null ? 0 : 1);
