import { rmSync } from 'node:fs';
import path from 'node:path';
import { makeFile } from '../support/random-file.mjs';
import { alone, beside } from '../support/report.mjs';
import { interleave, seconds } from '../support/rounds.mjs';

export const summary = 'a multipart upload through curl, beside dd of the same file to the same disk';

const GIB = 2 ** 30;
const MEMORY_LIMIT_MIB = 150;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const { rounds, size = null } = bench.options;
  const bytes = size ?? GIB;
  bench.requireRoom(bytes * (rounds + 2));
  const server = await bench.server('upload');
  const folder = bench.directory('files');
  const source = path.join(folder, 'source.bin');
  const copy = path.join(folder, 'copy.bin');
  await warmUp(bench, server, folder);
  const idle = server.memory;
  const before = await diskUse(bench, server.dataDir);
  const { values, medians } = await interleave(
    rounds,
    {
      ods: async (round) => {
        await bench.settle(3 * bytes);
        return seconds(() => upload(bench, server, source, `upload-${round}.pkg`));
      },
      dd: async () => {
        await bench.settle(3 * bytes);
        const taken = await seconds(() => bench.run('dd', [`if=${source}`, `of=${copy}`, 'bs=1M', 'conv=fsync', 'status=none']));
        rmSync(copy);
        return taken;
      },
    },
    { before: async () => makeFile(source, bytes), say: (text) => bench.say(text) },
  );
  const onDisk = ((await diskUse(bench, server.dataDir)) - before) / (bytes * rounds);
  const grown = idle === null ? null : (server.memory.peak - idle.now) / 2 ** 20;
  return [
    beside('time of an upload', 's', medians.ods, 'dd conv=fsync', medians.dd, { atMost: 1.5 }, { rounds: values }),
    alone('memory the server took more at its peak', 'MiB', grown, { atMost: MEMORY_LIMIT_MIB }),
    alone('disk used for each byte of a package', 'x', onDisk, { atMost: 1.02 }),
  ];
}

/** @param {import('../support/bench.mjs').Bench} bench @param {import('../support/ods-server.mjs').OdsServer} server @param {string} file @param {string} filename */
export async function upload(bench, server, file, filename) {
  const status = await bench.run('curl', server.uploadArgs(file, filename));
  if (status !== '201') throw new Error(`The upload of ${filename} was answered ${status}.`);
}

/** So that code is compiled and threads are started before anything is measured. */
async function warmUp(bench, server, folder) {
  const file = path.join(folder, 'warm-up.bin');
  makeFile(file, 8 * 2 ** 20);
  await upload(bench, server, file, 'warm-up.pkg');
}

/** @returns {Promise<number>} bytes */
async function diskUse(bench, directory) {
  return Number((await bench.run('du', ['-sk', directory])).split('\t')[0]) * 1_024;
}
