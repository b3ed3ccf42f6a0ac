import { rmSync } from 'node:fs';
import path from 'node:path';
import { NginxDav } from '../rivals/nginx-dav.mjs';
import { CpuBook, pin } from '../support/cpu.mjs';
import { makeFile } from '../support/random-file.mjs';
import { alone, beside, leftOut } from '../support/report.mjs';
import { interleave, seconds } from '../support/rounds.mjs';

export const summary = 'an upload through curl, as a form and as the body, beside nginx taking a PUT and dd to the same disk';

const GIB = 2 ** 30;
const MEMORY_LIMIT_MIB = 150;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const { rounds, size = null } = bench.options;
  const bytes = size ?? GIB;
  bench.requireRoom(bytes * (2 * rounds + 3));
  const server = await bench.server('upload');
  const folder = bench.directory('files');
  const source = path.join(folder, 'source.bin');
  const copy = path.join(folder, 'copy.bin');
  const dav = await NginxDav.start(bench);
  if (bench.options.pinned) for (const pid of [server.pid, ...(dav ? [dav.pid] : [])]) pin(pid, 0);
  const cpu = new CpuBook();
  await warmUp(bench, server, folder);
  const idle = server.memory;
  const before = await diskUse(bench, server.dataDir);
  const { values, medians } = await interleave(
    rounds,
    {
      ods: async (round) => {
        await bench.settle(3 * bytes);
        return cpu.during('ods', { server: server.pid }, () => seconds(() => put(bench, server, source, `put-${round}.pkg`)));
      },
      form: async (round) => {
        makeFile(source, bytes); // the same bytes again would be recognised under another name, too
        await bench.settle(3 * bytes);
        return cpu.during('form', { server: server.pid }, () => seconds(() => upload(bench, server, source, `form-${round}.pkg`)));
      },
      ...(dav
        ? {
            nginx: async () => {
              await bench.settle(3 * bytes);
              return cpu.during('nginx', { server: dav.pid }, () => dav.timePut(source));
            },
          }
        : {}),
      dd: async () => {
        await bench.settle(3 * bytes);
        const taken = await seconds(() => bench.run('dd', [`if=${source}`, `of=${copy}`, 'bs=1M', 'conv=fsync', 'status=none']));
        rmSync(copy);
        return taken;
      },
    },
    { before: async () => makeFile(source, bytes), say: (text) => bench.say(text) },
  );
  const onDisk = ((await diskUse(bench, server.dataDir)) - before) / (2 * bytes * rounds);
  const grown = idle === null ? null : (server.memory.peak - idle.now) / 2 ** 20;
  return [
    ...(dav
      ? [
          beside('time of an upload (PUT)', 's', medians.ods, 'nginx PUT and fsync', medians.nginx, { atMost: 1.5 }, { rounds: values }),
          beside('processor time of it', 's/GiB', cpu.perGib('ods', bytes), 'nginx', cpu.perGib('nginx', bytes)),
          beside('time of an upload (form)', 's', medians.form, 'nginx PUT and fsync', medians.nginx),
          beside('processor time of it', 's/GiB', cpu.perGib('form', bytes), 'nginx', cpu.perGib('nginx', bytes)),
        ]
      : [leftOut('beside nginx', 'nginx with its DAV module is not installed')]),
    beside('time of an upload (PUT)', 's', medians.ods, 'dd conv=fsync', medians.dd),
    alone('memory the server took more at its peak', 'MiB', grown, { atMost: MEMORY_LIMIT_MIB }),
    alone('disk used for each byte of a package', 'x', onDisk, { atMost: 1.02 }),
  ];
}

/** @param {import('../support/bench.mjs').Bench} bench @param {import('../support/ods-server.mjs').OdsServer} server @param {string} file @param {string} filename */
export async function upload(bench, server, file, filename) {
  const status = await bench.run('curl', server.uploadArgs(file, filename));
  if (status !== '201') throw new Error(`The upload of ${filename} was answered ${status}.`);
}

/** @param {import('../support/bench.mjs').Bench} bench @param {import('../support/ods-server.mjs').OdsServer} server @param {string} file @param {string} filename */
async function put(bench, server, file, filename) {
  const status = await bench.run('curl', server.putArgs(file, filename));
  if (status !== '201') throw new Error(`The upload of ${filename} was answered ${status}.`);
}

/** So that code is compiled and threads are started before anything is measured. */
async function warmUp(bench, server, folder) {
  const file = path.join(folder, 'warm-up.bin');
  makeFile(file, 8 * 2 ** 20);
  await upload(bench, server, file, 'warm-up.pkg');
  makeFile(file, 8 * 2 ** 20);
  await put(bench, server, file, 'warm-up-2.pkg');
}

/** @returns {Promise<number>} bytes */
async function diskUse(bench, directory) {
  return Number((await bench.run('du', ['-sk', directory])).split('\t')[0]) * 1_024;
}
