import path from 'node:path';
import { makeFile } from '../support/random-file.mjs';
import { beside } from '../support/report.mjs';
import { interleave, seconds } from '../support/rounds.mjs';
import { upload } from './upload.mjs';

export const summary = 'one server fetching from three slow sources at once, beside fetching from one';

const RATE = 20e6;
const MIB = 2 ** 20;
const FILE = 'sources.pkg';

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const bytes = bench.options.size ?? 256 * MIB;
  const sources = [];
  for (const name of ['one', 'two', 'three']) sources.push(await bench.serverBehind(name, Infinity));
  const [first, ...others] = sources;
  const file = path.join(bench.directory('source'), FILE);
  makeFile(file, bytes);
  await upload(bench, first.server, file, FILE);
  for (const { server } of others) {
    await server.registerWith(first.server);
    await server.arrival(FILE);
  }
  for (const { link } of sources) link.rate = RATE;
  const from = async (/** @type {typeof sources} */ some) => {
    const taken = await fetchFrom(bench, some);
    return bytes / MIB / taken;
  };
  const contenders = { three: () => from(sources), one: () => from([first]) };
  const { values, medians } = await interleave(Math.min(3, bench.options.rounds), contenders, { say: (text) => bench.say(text) });
  return [beside('from three sources of 20 MB/s', 'MiB/s', medians.three, 'one source', medians.one, { atLeast: 2.7 }, { rounds: values })];
}

/** Seconds that a new server needs, once it knows all the sources and may fetch. */
async function fetchFrom(bench, sources) {
  const target = await bench.server('target');
  await target.call('PATCH', 'replication', { paused: true });
  for (const { server } of sources) await target.registerWith(server);
  await target.waiting(FILE);
  const taken = await seconds(async () => {
    await target.call('PATCH', 'replication', { paused: false });
    await target.arrival(FILE);
  });
  for (const { server } of sources) {
    const { items } = await server.call('GET', 'registered_ods');
    for (const { id, name } of items) if (name === 'target') await server.call('DELETE', `registered_ods/${id}`);
  }
  await bench.discard(target);
  return taken;
}
