import { randomBytes } from 'node:crypto';
import { alone } from '../support/report.mjs';
import { median } from '../support/rounds.mjs';
import { post } from './many.mjs';

export const summary = 'from the answer to an upload to the first request of a peer for its bytes';

const UPLOADS = 20;
const BYTES = 3 * 2 ** 20;

/** @param {import('../support/bench.mjs').Bench} bench */
export async function run(bench) {
  const { server: a, link } = await bench.serverBehind('a', Infinity);
  const b = await bench.server('b');
  await b.registerWith(a);
  /** @type {number[]} */
  const waits = [];
  for (let number = 0; number < (bench.options.count ?? UPLOADS) + 1; number += 1) {
    const filename = `news-${number}.pkg`;
    const asked = link.seen(/^GET \/api\/ods\/(?:packages\/\w+\/content|contents)/m);
    await post(a, filename, randomBytes(BYTES));
    const answeredAt = performance.now();
    const askedAt = await asked;
    if (number > 0) waits.push(Math.max(0, askedAt - answeredAt)); // the first one compiles code
    await b.arrival(filename);
  }
  return [alone('from the 201 to the first request for content', 'ms', median(waits), { atMost: 100 }, { rounds: { ods: waits } })];
}
