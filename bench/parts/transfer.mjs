import { rmSync } from 'node:fs';
import path from 'node:path';
import { RsyncDaemon } from '../rivals/rsync.mjs';
import { SyncthingPair } from '../rivals/syncthing.mjs';
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
  const contenders = {
    ods: await ours(bench, source, bytes, round),
    ...(await rsync(bench, folder, bytes)),
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
    against('until it is served and verified at the peer', 'rsync daemon', 'rsync', 1.0),
    against('the same, when rsync too must have it on the disk', 'rsync --fsync', 'rsync-fsync', null),
    against('the same, beside syncthing (its scan of the source not counted)', 'syncthing', 'syncthing', 0.33),
  ];
}

/**
 * The clock runs from the moment B may fetch to the package being served there. It has heard of it before, and waits: so that
 * the disk and the memory can be made ready as for the others.
 */
async function ours(bench, source, bytes, round) {
  const [a, b] = await Promise.all([bench.server('a'), bench.server('b')]);
  await b.registerWith(a);
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
    const taken = await seconds(async () => {
      await b.call('PATCH', 'replication', { paused: false });
      await b.arrival(filename);
    });
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

async function rsync(bench, folder, bytes) {
  const daemon = await RsyncDaemon.start(bench, folder);
  if (daemon === null) return {};
  const pull = (/** @type {string[]} */ extra) => async () => {
    await bench.settle(3 * bytes);
    return daemon.timePull(FILE, extra);
  };
  return { rsync: pull([]), ...((await daemon.knows('--fsync')) ? { 'rsync-fsync': pull(['--fsync']) } : {}) };
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
