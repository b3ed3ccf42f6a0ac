import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { makeFile } from '../support/random-file.mjs';
import { alone } from '../support/report.mjs';
import { upload } from './upload.mjs';

export const summary = 'a new version of a large package of which a twentieth has changed';

const FILE = 'delta.pkg';
const CHANGED = 0.05;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const bytes = bench.options.size ?? 512 * 2 ** 20;
  bench.requireRoom(6 * bytes);
  const { server: a, link } = await bench.serverBehind('a', Infinity);
  const b = await bench.server('b');
  await b.registerWith(a);
  const file = path.join(bench.directory('source'), FILE);
  makeFile(file, bytes);
  await upload(bench, a, file, FILE);
  await b.arrival(FILE);
  change(file, bytes);
  const before = link.carried;
  await bench.run('curl', [...a.uploadArgs(file, FILE), '-F', 'replace=true']);
  await same(a, b);
  return [alone('bytes moved for each byte of the new version', 'x', (link.carried - before) / bytes, { atMost: 0.08 })];
}

/** Other bytes in the middle, in place. @param {string} file @param {number} bytes */
function change(file, bytes) {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, randomBytes(Math.floor(bytes * CHANGED)), 0, undefined, Math.floor(bytes * 0.4));
  closeSync(descriptor);
}

/** Resolves when both serve the same version. */
async function same(a, b) {
  const of = async (server) => (await server.call('GET', `packages?filename=${FILE}`)).items[0];
  const { sha256 } = await of(a);
  for (const giveUp = Date.now() + 300_000; Date.now() < giveUp;) {
    const there = await of(b);
    if (there.sha256 === sha256 && there.status === 'Public') return;
  }
  throw new Error('The new version did not arrive.');
}
