import { parseArgs } from 'node:util';
import { ensureBuilt } from './build.mjs';
import { runJest } from './jest.mjs';
import { run } from './processes.mjs';
import { inRoot } from './root.mjs';

const SEEDS_PER_MINUTE = 1_000;

/** `npm run soak -- --minutes 30 --seed 7 --servers 5`: long versions of what `npm test` proves in seconds. @param {string[]} args */
export default async function soak(args) {
  const { values } = parseArgs({
    args,
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, servers: { type: 'string', default: '4' } },
  });
  const minutes = Math.max(0.1, Number(values.minutes));
  const seed = values.seed ?? String(1 + Math.floor(Math.random() * 1e9));
  await ensureBuilt('server');
  const seeds = Math.ceil((minutes / 10) * SEEDS_PER_MINUTE);
  process.stdout.write(`\nSimulation: ${seeds} seeds from ${seed}.\n`);
  process.env['ODS_SIM_SEED'] = seed;
  process.env['ODS_SIM_SEEDS'] = String(seeds);
  await runJest(['test/simulation', '--selectProjects', 'integration', '--testTimeout', String(minutes * 60_000 + 600_000)]);
  const times = Math.ceil(minutes / 2);
  process.stdout.write(`\nGenerated requests: ${times} times as many as in the tests.\n`);
  process.env['ODS_FUZZ_TIMES'] = String(times);
  await runJest(['test/fuzz/fuzz.spec.ts', '--selectProjects', 'integration', '--testTimeout', String(minutes * 60_000 + 600_000)]);
  process.stdout.write(`\nMutated packages: ${times} times as many as in the tests.\n`);
  const packages = ['libs/inspection/formats/fuzz.spec.ts', 'test/inspection/child.spec.ts'];
  await runJest([...packages, '--selectProjects', 'server', 'integration', '--testTimeout', String(minutes * 60_000 + 600_000)]);
  process.stdout.write('\nStorm over real servers.\n');
  const hooks = inRoot('test/support/register-typescript.mjs');
  const storm = [inRoot('test/soak/storm.process.ts'), '--minutes', String(minutes), '--seed', seed, '--servers', values.servers];
  await run(process.execPath, ['--conditions=source', '--enable-source-maps', '--import', hooks, ...storm]);
}
