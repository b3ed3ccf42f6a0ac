import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Bench } from './support/bench.mjs';
import { machine } from './support/machine.mjs';
import { OptionsWrong, readOptions, usage } from './support/options.mjs';
import { printHead, printRows } from './support/report.mjs';
import { parts } from './parts/index.mjs';

/** `npm run bench -- [part…] [--size …] [--rounds …] [--json]`: measures ODS beside other programs, on this machine, right now. */
export default async function main(args = process.argv.slice(2)) {
  let options;
  try {
    options = readOptions(args, Object.keys(parts));
  } catch (error) {
    if (!(error instanceof OptionsWrong)) throw error;
    process.stderr.write(`${error.message}\n\n${usage(parts)}`);
    process.exitCode = 2;
    return;
  }
  if (options.wantsHelp) return void process.stdout.write(usage(parts));
  const folder = mkdtempSync(path.join(options.dir, `ods-bench-${process.pid}-`));
  process.env['ODS_TEST_SCRATCH'] = folder; // what the test support starts for us keeps its files there too
  const bench = new Bench(folder, options);
  const leave = async (signal) => {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void leave(signal));
  try {
    process.exitCode = (await measure(bench, options)) ? 0 : 1;
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** False when a part could not be measured. Missing a target is no failure: this gates nothing. */
async function measure(bench, options) {
  const where = machine();
  if (!options.json) printHead(where, options);
  const rows = [];
  const failures = [];
  for (const name of options.parts) {
    bench.say(`\n${name}: ${parts[name].summary}`);
    try {
      const measured = await parts[name].run(bench);
      rows.push(...measured.map((row) => ({ part: name, ...row })));
      if (!options.json) printRows(measured);
    } catch (error) {
      failures.push({ part: name, message: error.message });
      process.stderr.write(`${name} could not be measured: ${error.stack}\n`);
    } finally {
      await bench.closeAll();
    }
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ machine: where, rows, failures }, null, 2)}\n`);
  return failures.length === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main();
  process.exit();
}
