import path from 'node:path';
import { makeFile } from '../support/random-file.mjs';
import { beside } from '../support/report.mjs';
import { median } from '../support/rounds.mjs';
import { upload } from './upload.mjs';

export const summary = 'a line of four servers with slow links, end to end, beside its first link';

const RATE = 20e6;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const bytes = bench.options.size ?? 256 * 2 ** 20;
  const names = ['one', 'two', 'three', 'four'];
  const servers = [];
  for (const name of names) servers.push((await bench.serverBehind(name, RATE)).server);
  for (const [index, server] of servers.slice(1).entries()) await server.registerWith(servers[index]);
  const [first, second, , last] = servers;
  const file = path.join(bench.directory('source'), 'line.bin');
  const times = { link: /** @type {number[]} */ ([]), line: /** @type {number[]} */ ([]) };
  for (let round = 0; round < Math.min(3, bench.options.rounds); round += 1) {
    makeFile(file, bytes);
    await upload(bench, first, file, `line-${round}.pkg`);
    const began = performance.now();
    const [link, line] = await Promise.all(
      [second, last].map(async (server) => {
        await server.arrival(`line-${round}.pkg`);
        return (performance.now() - began) / 1_000;
      }),
    );
    times.link.push(link);
    times.line.push(line);
    bench.say(`  round ${round + 1}: one link ${link.toFixed(2)}, the line ${line.toFixed(2)}`);
  }
  return [beside('three links of 20 MB/s', 's', median(times.line), 'one link', median(times.link), { atMost: 1.25 }, { rounds: times })];
}
