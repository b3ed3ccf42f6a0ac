import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { SyncthingPair } from '../rivals/syncthing.mjs';
import { alone, beside } from '../support/report.mjs';
import { interleave, seconds } from '../support/rounds.mjs';

export const summary = 'many small packages to a server that joins, beside syncthing';

const PACKAGES = 2_000;
const BYTES = 64 * 2 ** 10;
const UPLOADS_AT_ONCE = 8;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const { rounds, count, size } = bench.options;
  const plan = { packages: count ?? PACKAGES, bytes: Math.min(size ?? BYTES, BYTES) };
  const full = await bench.server('full');
  const uploading = await seconds(() => fill(full, plan));
  bench.say(`  ${plan.packages} uploads took ${uploading.toFixed(1)} s`);
  const hasRival = bench.find('syncthing') !== null;
  const contenders = { ods: () => ours(bench, full, plan), ...(hasRival ? { syncthing: () => theirs(bench, plan) } : {}) };
  const { values, medians } = await interleave(rounds, contenders, { say: (text) => bench.say(text) });
  return [
    beside(
      `until ${plan.packages} packages of ${plan.bytes / 1_024} KiB are served by a new peer`,
      's',
      medians.ods,
      'syncthing',
      medians.syncthing ?? null,
      { atMost: 1 },
      { rounds: values },
    ),
    alone('small uploads taken in', 'per second', plan.packages / uploading),
  ];
}

/** A new server registers with one that has everything. */
async function ours(bench, full, { packages }) {
  const empty = await bench.server('empty');
  await bench.settle();
  const taken = await seconds(async () => {
    await empty.registerWith(full);
    await empty.arrivals(packages);
  });
  await requireServed(empty, packages);
  await leave(full);
  await bench.discard(empty);
  return taken;
}

/** What is seen in the share must also be what the server says. @param {import('../support/ods-server.mjs').OdsServer} server @param {number} packages */
async function requireServed(server, packages) {
  const { total } = await server.call('GET', 'packages?status=Public&limit=1');
  if (total !== packages) throw new Error(`${server.name} says that it serves ${total} packages, not ${packages}.`);
}

/** So that the next round's server is the only peer. @param {import('../support/ods-server.mjs').OdsServer} full */
async function leave(full) {
  const { items } = await full.call('GET', 'registered_ods');
  for (const { id } of items) await full.call('DELETE', `registered_ods/${id}`);
}

/** The same with syncthing: the first knows its files already when the second comes. */
async function theirs(bench, { packages, bytes }) {
  const pair = await SyncthingPair.start(bench);
  for (let number = 0; number < packages; number += 1) writeFileSync(path.join(pair.a.folder, `small-${number}.pkg`), randomBytes(bytes));
  await pair.a.scan();
  await bench.settle();
  const taken = await seconds(async () => {
    await pair.a.befriend(pair.b);
    await pair.b.hasMany(packages);
  });
  await pair.discard();
  return taken;
}

/** @param {import('../support/ods-server.mjs').OdsServer} server */
async function fill(server, { packages, bytes }) {
  let next = 0;
  const lane = async () => {
    for (let number = next++; number < packages; number = next++) await post(server, `small-${number}.pkg`, randomBytes(bytes));
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
}

/** @param {import('../support/ods-server.mjs').OdsServer} server @param {string} filename @param {Buffer} content */
export async function post(server, filename, content, stage = 'Prod') {
  const form = new FormData();
  form.set('stage', stage);
  form.set('file', new Blob([content]), filename);
  const response = await fetch(`${server.url}/api/admin/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}` },
    body: form,
  });
  if (response.status !== 201) throw new Error(`The upload of ${filename} was answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}
