import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rebuildServer } from './build.mjs';
import { Failure } from './failure.mjs';
import { runNode } from './processes.mjs';
import { inRoot } from './root.mjs';
import { step } from './step.mjs';

/** What is generated from the code, and committed so that readers and the console's build find it. */
const committed = {
  document: 'docs/openapi.json',
  client: 'libs/api-client',
  settings: 'docs/configuration.md',
  limits: 'docs/security.md',
};

/** `npm run openapi`: writes the API's document and the console's client from the code; `-- --check` only compares. */
export default async function openapi(args) {
  await rebuildServer();
  if (args.includes('--check')) return step('OpenAPI document and client are as the code says', checkOpenApi);
  mkdirSync(inRoot('docs'), { recursive: true });
  const { document, client, settings, limits } = committed;
  await step(`Writing ${document}, ${client}, ${settings} and the limits in ${limits}`, () => generate(document, client, settings, limits));
}

/** Throws when what is committed is not what the code says. Needs the built server. */
export async function checkOpenApi() {
  const directory = mkdtempSync(path.join(tmpdir(), 'ods-openapi-'));
  try {
    const fresh = {
      document: path.join(directory, 'openapi.json'),
      client: path.join(directory, 'client'),
    };
    await generate(fresh.document, fresh.client);
    const stale = [...differences(inRoot(committed.document), fresh.document), ...differences(inRoot(committed.client), fresh.client)];
    if (stale.length > 0) {
      throw new Failure(`Not as the code says: ${stale.join(', ')}.\nRun "npm run openapi" and commit what it changes.`);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {string} document @param {string} client @param {string[]} pages of settings and limits; nowhere, when not given */
async function generate(document, client, ...pages) {
  await runNode('dist/tools/openapi.js', [document, ...pages], { quiet: true });
  await runNode('node_modules/ng-openapi-gen/lib/index.js', ['--input', document, '--output', client], { quiet: true });
}

/**
 * The files (or the one file) of which the two places hold different text, or only one holds any.
 * @param {string} ours @param {string} fresh @returns {string[]}
 */
function differences(ours, fresh) {
  const names = new Set([...filesIn(ours), ...filesIn(fresh)]);
  return [...names]
    .filter((name) => textOf(path.join(ours, name)) !== textOf(path.join(fresh, name)))
    .map((name) => path.relative(inRoot(), path.join(ours, name)));
}

/** @param {string} place @returns {string[]} a folder's files; '' for a file itself */
function filesIn(place) {
  if (!existsSync(place)) return [];
  if (!statSync(place).isDirectory()) return [''];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)));
}

/** @param {string} file */
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : null);
