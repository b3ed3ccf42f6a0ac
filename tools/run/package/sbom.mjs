import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, runNode } from '../processes.mjs';
import { inRoot } from '../root.mjs';
import { NAME } from './place.mjs';
import { targets, winsw } from './targets.mjs';

/**
 * Writes what the installers are made from as a CycloneDX document: the packages of the server and of the console, Node, and WinSW.
 * @param {{ out: string, version: string }} options @returns {Promise<string>} the file
 */
export async function makeSbom({ out, version }) {
  const sbom = JSON.parse(await npmSbom());
  Object.assign(sbom.metadata.component, { name: NAME, version });
  const known = new Set(sbom.components.map((each) => each['bom-ref']));
  const runtimes = Object.values(targets).map(({ node }) => component(node));
  for (const each of [...consolePackages(), ...runtimes, component(winsw)]) if (!known.has(each['bom-ref'])) sbom.components.push(each);
  const file = path.join(out, `${NAME}-${version}.cdx.json`);
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`);
  return file;
}

/** @returns {Promise<string>} JSON */
function npmSbom() {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js') ? runNode(npm, args, { quiet: true }) : run('npm', args, { quiet: true });
}

/** What Angular put into the console. It is installed for development only, as the console is built before it is shipped. */
function consolePackages() {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  const list = inRoot('dist/console/3rdpartylicenses.txt');
  const names = existsSync(list) ? [...readFileSync(list, 'utf8').matchAll(/^Package: (.+)$/gm)].map(([, name]) => name) : [];
  return names.flatMap((name) => {
    const locked = packages[`node_modules/${name}`];
    return locked === undefined ? [] : [component({ name, ...locked })];
  });
}

/** @param {import('./targets.mjs').Pinned & { license?: string }} pinned */
function component({ name, version, integrity, license = 'MIT' }) {
  const [, digest = ''] = integrity.split('-');
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    licenses: [{ license: { id: license } }],
  };
}
