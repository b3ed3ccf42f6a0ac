import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { whileLocked } from '../lock.mjs';
import { inRoot } from '../root.mjs';
import { filesUnder, hashOf, Stamp } from '../stamps.mjs';
import { step } from '../step.mjs';
import { bundleInspection } from './bundle-inspection.mjs';
import { licencesOfPackages } from './licences.mjs';
import { packagesNeededBy } from './needed-packages.mjs';
import { lockedPackage, registryPackage } from './registry-package.mjs';
import { targets } from './targets.mjs';

/** Packages that are loaded by name while the server runs, which the bundle does not show. */
const loadedByName = ['@noble/hashes', 'mysql2', 'pg', 'swagger-ui-dist', 'xz-decompress'];
/** Declarations, maps and pages: a third of the bytes and half of the files of packages. */
const isForDevelopers = /\.(?:d\.[cm]?ts|map|md|markdown|tsbuildinfo)$/;
const foldersForDevelopers = ['test', 'tests', 'docs', 'examples', 'benchmark', '.github'];

const sources = () => [
  'package.json',
  'package-lock.json',
  'dist/.stamp-server',
  'dist/.stamp-console',
  ...filesUnder(['tools/run/package', 'bin']),
];

/**
 * The directory that every installer of a system puts on the machine: the bundled server, the console, native packages and Node. It is made
 * once and kept until something of it changes; everything must have been built.
 * @param {keyof typeof targets} name @returns {Promise<string>}
 */
export async function runtimeFor(name) {
  const directory = inRoot('.cache/runtime', name);
  const stamp = new Stamp(`${directory}.stamp`, () => hashOf(sources()));
  if (!stamp.isFresh())
    await whileLocked(async () => {
      if (!stamp.isFresh()) await stamp.renew(() => step(`Gathering the files for ${name}`, () => gather(targets[name], directory)));
    });
  return directory;
}

/** @param {import('./targets.mjs').Target} target @param {string} directory */
async function gather(target, directory) {
  const fresh = `${directory}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  for (const name of ['dist/bundle', 'dist/console', 'bin', 'LICENSE']) cpSync(inRoot(name), path.join(fresh, name), { recursive: true });
  await bundleInspection(fresh);
  writeManifest(fresh);
  writeFileSync(path.join(fresh, 'THIRD-PARTY-LICENSES'), licencesOfPackages());
  for (const place of packagesNeededBy([...bundledBeside(), ...loadedByName])) copyPackage(inRoot(place), path.join(fresh, place));
  await addNative(target, fresh);
  await addNode(target, fresh);
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
}

/** @returns {string[]} */
const bundledBeside = () => JSON.parse(readFileSync(inRoot('dist/bundle/packages.json'), 'utf8'));

/** What the programs read of it: their version, and that files are ES modules. @param {string} directory */
function writeManifest(directory) {
  const { version, license, type } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  writeFileSync(path.join(directory, 'package.json'), `${JSON.stringify({ version, license, type, private: true }, null, 2)}\n`);
}

/** @param {import('./targets.mjs').Target} target @param {string} directory */
async function addNative({ sqlite, blake }, directory) {
  const modules = path.join(directory, 'node_modules');
  const from = await lockedPackage('node_modules/better-sqlite3-napi');
  const builds = path.join(from, 'prebuilds');
  const isOurs = (file) => !file.startsWith(builds + path.sep) || file === path.join(builds, `${sqlite}.node`);
  copyPackage(
    from,
    path.join(modules, 'better-sqlite3-napi'),
    (file) => isOurs(file) && !['deps', 'src'].some((each) => file === path.join(from, each)),
  );
  for (const name of ['@napi-rs/blake-hash', blake]) copyPackage(await lockedPackage(`node_modules/${name}`), path.join(modules, name));
}

/** @param {import('./targets.mjs').Target} target @param {string} directory */
async function addNode({ node }, directory) {
  const from = await registryPackage(node);
  // Below bin/, where SELinux expects programs.
  const program = path.join(directory, 'bin', path.basename(node.program));
  cpSync(path.join(from, node.program), program);
  chmodSync(program, 0o755);
  // The package for Windows has no licence in it; that of Linux has the same text.
  const licence = [from, await registryPackage(targets['linux-x64'].node)].map((each) => path.join(each, 'LICENSE')).find(existsSync);
  cpSync(licence, path.join(directory, 'NODE-LICENSE'));
}

/** Without the packages inside it, and what only its developers need. @param {string} from @param {string} to @param {(file: string) => boolean} [counts] */
function copyPackage(from, to, counts = () => true) {
  const leftOut = ['node_modules', ...foldersForDevelopers].map((each) => path.join(from, each));
  const filter = (file) => !leftOut.includes(file) && !isForDevelopers.test(file) && counts(file);
  cpSync(from, to, { recursive: true, dereference: true, filter });
}
