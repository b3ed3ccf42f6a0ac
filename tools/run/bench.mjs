import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { inRoot } from './root.mjs';

/** `npm run bench`: measurements beside other programs. */
export default async function bench(args) {
  const main = inRoot('bench/run.mjs');
  if (!existsSync(main)) throw new Failure('bench/run.mjs does not exist in this checkout.');
  await ensureBuilt('server', 'console');
  const { default: measure } = await import(pathToFileURL(main).href);
  await measure(args);
}
