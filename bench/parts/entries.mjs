import { randomBytes } from 'node:crypto';
import { copyFileSync, linkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SqliteFile } from '../../dist/libs/platform/database/sqlite-file.js';
import { alone } from '../support/report.mjs';
import { median, seconds } from '../support/rounds.mjs';
import { post } from './many.mjs';

export const summary = 'a large catalog reaching a new server: the entries, not their contents';

const GIVE_UP_MS = 600_000;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const counts = bench.options.count === null ? [10_000, 100_000] : [bench.options.count];
  const rows = [];
  for (const count of counts) rows.push(...(await measure(bench, count)));
  return rows;
}

async function measure(bench, count) {
  const full = await bench.server('full');
  await post(full, 'entry-0.pkg', randomBytes(10), 'Dev'); // not admitted at the new server, so nothing is fetched
  await full.stop();
  multiply(full.dataDir, count);
  await full.start();
  const times = [];
  const memory = [];
  for (let round = 0; round < (count > 20_000 ? 1 : Math.min(3, bench.options.rounds)); round += 1) {
    const empty = await bench.server('empty');
    const before = empty.memory;
    times.push(
      await seconds(async () => {
        await empty.registerWith(full);
        await allKnown(empty, count);
      }),
    );
    if (before !== null) memory.push((empty.memory.peak - before.now) / 2 ** 20);
    bench.say(`  ${count} entries: ${times.at(-1).toFixed(2)} s`);
    for (const { id } of (await full.call('GET', 'registered_ods')).items) await full.call('DELETE', `registered_ods/${id}`);
    await bench.discard(empty);
  }
  await bench.discard(full);
  return [
    alone(`${count} entries`, 's', median(times), { atMost: count / 1_000 }, { rounds: { ods: times } }),
    ...(memory.length > 0 ? [alone(`memory the new server took more at its peak for ${count} entries`, 'MiB', median(memory))] : []),
  ];
}

/** @param {import('../support/ods-server.mjs').OdsServer} server @param {number} count */
async function allKnown(server, count) {
  const giveUp = Date.now() + GIVE_UP_MS;
  while ((await server.call('GET', 'packages?limit=1')).total < count) {
    if (Date.now() > giveUp) throw new Error(`${server.name} did not get ${count} entries.`);
    await delay(100);
  }
}

/** Links to one file; file systems have a limit. */
const LINKS = 20_000;

/** Makes many packages of the one there is, as uploads would have left them, on a server that does not run. @param {string} dataDir @param {number} count */
function multiply(dataDir, count) {
  const database = new SqliteFile(path.join(dataDir, 'ods.sqlite'));
  const entry = database.prepare("SELECT * FROM package WHERE filename = 'entry-0.pkg'").get();
  const content = database.prepare('SELECT * FROM content WHERE uuid = ?').get(entry.uuid);
  const { seq } = database.prepare('SELECT seq FROM catalog_clock WHERE id = 1').get();
  const insert = (table, row) => {
    const names = Object.keys(row);
    return database.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map((name) => `@${name}`).join()})`);
  };
  const { id: _, ...copied } = entry;
  let original = path.join(dataDir, 'content', entry.uuid);
  const [entries, contents] = [insert('package', copied), insert('content', content)];
  database.transaction(() => {
    for (let number = 1; number < count; number += 1) {
      const name = `entry-${number}.pkg`;
      const own = { filename: name, filename_key: name, uuid: randomBytes(16).toString('hex') };
      entries.run({ ...copied, ...own, seq: seq + number });
      contents.run({ ...content, ...own });
      const file = path.join(dataDir, 'content', own.uuid);
      if (number % LINKS === 0) {
        copyFileSync(original, file);
        original = file;
      } else linkSync(original, file);
      linkSync(file, path.join(dataDir, 'share', name));
    }
    database.prepare('UPDATE catalog_clock SET seq = ? WHERE id = 1').run(seq + count - 1);
  })();
  database.close();
}
