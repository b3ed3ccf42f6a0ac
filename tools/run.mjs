// What `npm start`, `npm test` and the other npm scripts run. A fresh clone needs nothing but Node, npm
// and a C++ compiler: packages are installed and sources built when they are not, or no longer, up to date.
import { chdir } from 'node:process';
import { checkNode } from './run/node-version.mjs';
import { Failure } from './run/failure.mjs';
import { root } from './run/root.mjs';

/** @type {Readonly<Record<string, () => Promise<{ default: (args: string[]) => Promise<void> }>>>} */
const commands = {
  start: () => import('./run/start.mjs'),
  build: () => import('./run/build-command.mjs'),
  test: () => import('./run/test.mjs'),
  'test:full': () => import('./run/test-full.mjs'),
  'test:unit': () => import('./run/test-unit.mjs'),
  lint: () => import('./run/lint.mjs'),
  openapi: () => import('./run/openapi.mjs'),
  migrations: () => import('./run/migrations.mjs'),
  demo: () => import('./run/demo.mjs'),
  'package:deb': () => import('./run/package-deb.mjs'),
  'package:all': () => import('./run/package-all.mjs'),
  release: () => import('./run/release.mjs'),
  soak: () => import('./run/soak.mjs'),
  bench: () => import('./run/bench.mjs'),
};

try {
  checkNode();
  chdir(root);
  const [name = 'start', ...args] = process.argv.slice(2);
  const load = commands[name];
  if (load === undefined) throw new Failure(`There is no "${name}". Try: ${Object.keys(commands).join(', ')}.`);
  await (await load()).default(args);
} catch (error) {
  process.stderr.write(`\n${error instanceof Failure ? error.message : error.stack}\n`);
  process.exit(1);
}
