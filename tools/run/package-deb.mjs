import { ensureBuilt } from './build.mjs';
import { makeDeb } from './package/deb.mjs';
import { packageOptions } from './package/options.mjs';
import { say, step } from './step.mjs';

/**
 * `npm run package:deb [-- --out DIR] [--version V] [--compression none]`: a Debian package with its own Node, so that nothing else needs to be
 * installed.
 * @param {string[]} args
 */
export default async function packageDeb(args) {
  const options = packageOptions(args);
  await ensureBuilt('server', 'console');
  say(await step('Packing the Debian package', () => makeDeb(options)));
}
