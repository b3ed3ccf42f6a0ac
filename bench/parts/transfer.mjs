import { rmSync } from 'node:fs';
import path from 'node:path';
import { RsyncDaemon } from '../rivals/rsync.mjs';
import { SyncthingPair } from '../rivals/syncthing.mjs';
import { CpuBook, pin } from '../support/cpu.mjs';
import { makeFile } from '../support/random-file.mjs';
import { beside, leftOut } from '../support/report.mjs';
import { interleave, seconds } from '../support/rounds.mjs';
import { upload } from './upload.mjs';

export const summary = 'one large package from a server to another, beside an rsync daemon and syncthing';

const FILE = 'package.pkg';

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const { rounds, size } = bench.options;
  const bytes = size ?? 2 ** 30;
  bench.requireRoom(bytes * (2 * rounds + 4));
  const folder = bench.directory('source');
  const source = path.join(folder, FILE);
  const round = { sha256: '' };
  const cpu = new CpuBook();
  const contenders = {
    ods: await ours(bench, source, bytes, round, cpu),
    ...(await rsync(bench, folder, bytes, cpu)),
    ...(await syncthing(bench, source, bytes)),
  };
  const { values, medians } = await interleave(rounds, contenders, {
    before: async () => (round.sha256 = makeFile(source, bytes)),
    say: (text) => bench.say(text),
  });
  const against = (what, rival, key, atMost) =>
    medians[key] === undefined
      ? leftOut(what, `${rival} is not installed`)
      : beside(what, 's', medians.ods, rival, medians[key], atMost === null ? undefined : { atMost }, { rounds: values });
  return [
    against('until it is verified, on the disk and served at the peer', 'rsync -W --fsync', 'rsync-fsync', 1.1),
    against('the same, when rsync leaves it in memory', 'rsync -W', 'rsync', null),
    against('the same, beside syncthing (its scan of the source not counted)', 'syncthing', 'syncthing', 0.65),
    ...costs(cpu, bytes),
  ];
}

/** Processor time of both sides, and of each. @param {CpuBook} cpu @param {number} bytes */
function costs(cpu, bytes) {
  const cost = (what, side, target) =>
    beside(what, 's/GiB', cpu.perGib(`ods${side}`, bytes), 'rsync -W --fsync', cpu.perGib(`rsync-fsync${side}`, bytes), target);
  if (cpu.perGib('ods', bytes) === null || cpu.perGib('rsync-fsync', bytes) === null)
    return [leftOut('processor time', 'this system does not report it, or there is no rsync')];
  return [
    cost('processor time of both sides', '', { atMost: 1.3 }),
    cost('of the receiver', ' receiver'),
    cost('of the sender', ' sender'),
  ];
}

/**
 * The clock runs from the moment B may fetch to the package being served there. It knows the entry before, and waits: so that
 * the disk and the memory can be made ready as for the others.
 */
async function ours(bench, source, bytes, round, cpu) {
  const [a, b] = await Promise.all([bench.server('a'), bench.server('b')]);
  await b.registerWith(a);
  if (bench.options.pinned) [a, b].forEach((server, core) => pin(server.pid, core));
  const warm = path.join(path.dirname(source), 'warm-up.bin');
  makeFile(warm, 8 * 2 ** 20);
  await upload(bench, a, warm, 'warm-up.pkg');
  await b.arrival('warm-up.pkg');
  rmSync(warm);
  return async (/** @type {number} */ number) => {
    const filename = `transfer-${number}.pkg`;
    await b.call('PATCH', 'replication', { paused: true });
    await upload(bench, a, source, filename);
    await b.waiting(filename);
    await bench.settle(3 * bytes);
    const taken = await cpu.during('ods', { receiver: b.pid, sender: a.pid }, () =>
      seconds(async () => {
        await b.call('PATCH', 'replication', { paused: false });
        await b.arrival(filename);
      }),
    );
    await requireRight(b, filename, round.sha256);
    return taken;
  };
}

/** @param {import('../support/ods-server.mjs').OdsServer} server @param {string} filename @param {string} sha256 */
async function requireRight(server, filename, sha256) {
  const { items } = await server.call('GET', `packages?filename=${filename}`);
  const found = items.find((each) => each.filename === filename);
  if (found?.status !== 'Public' || found.sha256 !== sha256) throw new Error(`${filename} at ${server.name} is ${JSON.stringify(found)}.`);
}

async function rsync(bench, folder, bytes, cpu) {
  const daemon = await RsyncDaemon.start(bench, folder);
  if (daemon === null) return {};
  const pull = (/** @type {string} */ name, /** @type {string[]} */ extra) => async () => {
    await bench.settle(3 * bytes);
    return cpu.during(name, { receiver: null, sender: daemon.pid }, () => daemon.timePull(FILE, extra));
  };
  return { rsync: pull('rsync', []), ...((await daemon.knows('--fsync')) ? { 'rsync-fsync': pull('rsync-fsync', ['--fsync']) } : {}) };
}

async function syncthing(bench, source, bytes) {
  const pair = await SyncthingPair.start(bench);
  if (pair === null) return {};
  await pair.connect();
  return {
    syncthing: async () => {
      await bench.settle(3 * bytes);
      return pair.timeTransfer(source);
    },
  };
}
