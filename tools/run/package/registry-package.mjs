import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../failure.mjs';
import { run, runNode } from '../processes.mjs';
import { inRoot } from '../root.mjs';

const CACHE = inRoot('.cache/packages');

/**
 * The directory of a package of the npm registry, which is downloaded once and kept in .cache.
 * @param {import('./targets.mjs').Pinned} pinned @returns {Promise<string>} throws a Failure when its content has another hash
 */
export async function registryPackage({ name, version, integrity }) {
  const id = `${name.replace('/', '+')}-${version}`;
  const directory = path.join(CACHE, `${id}-${createHash('sha256').update(integrity).digest('hex').slice(0, 12)}`);
  if (existsSync(directory)) return directory;
  mkdirSync(CACHE, { recursive: true });
  const scratch = mkdtempSync(path.join(CACHE, 'new-'));
  try {
    const archive = await download(`${name}@${version}`, scratch);
    await verify(archive, integrity);
    await run('tar', ['-xzf', archive, '-C', scratch, 'package'], { quiet: true });
    renameSync(path.join(scratch, 'package'), directory);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return directory;
}

/** The same for a package of the lock file, by its place there. @param {string} place */
export function lockedPackage(place) {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const locked = packages[place];
  if (locked === undefined) throw new Failure(`package-lock.json has no ${place}.`);
  return registryPackage({ name: locked.name ?? place.replace(/^.*node_modules\//, ''), ...locked });
}

/** @param {string} spec @param {string} into @returns {Promise<string>} the file */
async function download(spec, into) {
  const args = ['pack', spec, '--json', '--loglevel=error', '--pack-destination', into];
  const npm = process.env['npm_execpath'];
  const output = await (npm?.endsWith('.js') ? runNode(npm, args, { quiet: true }) : run('npm', args, { quiet: true }));
  const [{ filename }] = JSON.parse(output.slice(output.indexOf('[')));
  return path.join(into, filename);
}

/** @param {string} file @param {string} integrity as package-lock.json has it */
async function verify(file, integrity) {
  const [algorithm = ''] = integrity.split('-');
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  const actual = `${algorithm}-${hash.digest('base64')}`;
  if (actual !== integrity) throw new Failure(`${path.basename(file)} has the hash ${actual}, not ${integrity}.`);
}
