import { existsSync, rmSync } from 'node:fs';
import { compressConsole } from './compress-console.mjs';
import { install, isInstalled } from './install.mjs';
import { whileLocked } from './lock.mjs';
import { runNode } from './processes.mjs';
import { inRoot } from './root.mjs';
import { filesUnder, hashOf, Stamp } from './stamps.mjs';
import { step } from './step.mjs';

const isSource = (file) => !/\.(?:spec|testing)\.ts$/.test(file);

const serverFolders = ['apps/api', 'apps/worker', 'apps/admin', 'apps/cli', 'libs', 'tools', 'bench'];
const serverFiles = () =>
  filesUnder([...serverFolders, 'ormconfig.ts'], (file) => file.endsWith('.ts') && isSource(file) && !file.startsWith('libs/api-client/'));
const serverSettings = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const consoleSources = ['apps/console', 'libs/api-client', 'angular.json', 'package-lock.json'];

/** What is built, each with the stamp of its sources. */
const parts = {
  server: {
    stamp: new Stamp('dist/.stamp-server', () => hashOf([...serverFiles(), ...serverSettings, 'tools/run/bundle-server.mjs'])),
    build: () => step('Building the server', buildServer),
  },
  console: {
    stamp: new Stamp('dist/.stamp-console', () => hashOf([...filesUnder(consoleSources, isSource), 'tools/run/compress-console.mjs'])),
    build: () => step('Building the console', buildConsole),
  },
};

/**
 * Makes sure that packages are installed and these parts are built from the sources as they are now.
 * @param {...('server' | 'console')} names
 */
export async function ensureBuilt(...names) {
  if (isBuilt(names)) return;
  await whileLocked(async () => {
    await install();
    for (const name of names) {
      const { stamp, build } = parts[name];
      if (!stamp.isFresh()) await stamp.renew(build); // another process may just have built it
    }
  });
}

/** Builds the server although nothing has changed since: for what must not depend on the state of dist. */
export async function rebuildServer() {
  await whileLocked(async () => {
    await install();
    await parts.server.stamp.renew(parts.server.build);
  });
}

/** Only the packages, for what runs from the sources. */
export async function ensureInstalled() {
  if (!isInstalled()) await whileLocked(install);
}

/** @param {('server' | 'console')[]} names */
const isBuilt = (names) => isInstalled() && names.every((name) => parts[name].stamp.isFresh());

async function buildConsole() {
  await runNode('node_modules/@angular/cli/bin/ng.js', ['build'], { quiet: true });
  compressConsole();
}

async function buildServer() {
  removeOrphans();
  // One tsconfig: the worker too. Always all of it: an incremental build would keep what a bare `tsc` wrote into
  // dist, which lacks what the Swagger plugin adds to the DTOs.
  await runNode('node_modules/@nestjs/cli/bin/nest.js', ['build', 'api'], { quiet: true });
  const { bundleServer } = await import('./bundle-server.mjs'); // esbuild may just have been installed
  await bundleServer();
}

/** Output of sources that no longer exist would otherwise stay importable for ever. */
function removeOrphans() {
  for (const file of filesUnder(
    serverFolders.map((folder) => `dist/${folder}`),
    (each) => /\.js(?:\.map)?$/.test(each),
  )) {
    const source = file.replace(/^dist\//, '').replace(/\.js(?:\.map)?$/, '.ts');
    if (!existsSync(inRoot(source))) rmSync(inRoot(file));
  }
}
