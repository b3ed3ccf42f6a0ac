import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Failure } from './failure.mjs';
import openapi from './openapi.mjs';
import { inRoot } from './root.mjs';

const sections = ['Added', 'Changed', 'Fixed', 'Security', 'Removed'];
const UNRELEASED = '## Unreleased';

/** `npm run release -- 1.4.0`: moves changes/ into the changelog and sets the version. @param {string[]} args */
export default async function release([version]) {
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Failure('Name the version: npm run release -- 1.4.0');
  const files = readdirSync(inRoot('changes')).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const changes = files.sort().map((file) => readChange(file, readFileSync(inRoot('changes', file), 'utf8')));
  const changelog = readFileSync(inRoot('CHANGELOG.md'), 'utf8');
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(inRoot('CHANGELOG.md'), releaseIn(changelog, version, day, changes));
  for (const file of ['package.json', 'package-lock.json']) setVersion(file, version);
  for (const file of files) rmSync(inRoot('changes', file));
  await openapi([]);
  process.stdout.write(
    `CHANGELOG.md, package.json and docs/openapi.json say ${version}. Read the changelog, then commit as "release: ${version}".\n`,
  );
}

/**
 * @param {string} file @param {string} text its first line is a section, the rest what changed
 * @returns {{ section: string, text: string }}
 */
export function readChange(file, text) {
  const [section = '', ...lines] = text.trim().split('\n');
  const body = lines.join(' ').replace(/\s+/g, ' ').trim();
  if (!sections.includes(section)) throw new Failure(`changes/${file} must begin with one of ${sections.join(', ')}.`);
  if (body === '') throw new Failure(`changes/${file} says nothing about the change.`);
  return { section, text: body };
}

/**
 * The changelog with what was unreleased, and these changes, under the new version.
 * @param {string} changelog @param {string} version @param {string} day ISO 8601 @param {readonly { section: string, text: string }[]} changes
 */
export function releaseIn(changelog, version, day, changes) {
  if (!changelog.includes(`${UNRELEASED}\n`)) throw new Failure(`CHANGELOG.md has no section "${UNRELEASED}".`);
  const grouped = sections
    .map((section) => ({ section, list: changes.filter((change) => change.section === section) }))
    .filter(({ list }) => list.length > 0)
    .map(({ section, list }) => `### ${section}\n\n${list.map(({ text }) => `- ${text}`).join('\n')}\n`);
  return changelog.replace(`${UNRELEASED}\n`, [UNRELEASED, '', `## ${version} (${day})`, '', ...grouped].join('\n').trimEnd() + '\n');
}

/** @param {string} file @param {string} version */
function setVersion(file, version) {
  const json = JSON.parse(readFileSync(inRoot(file), 'utf8'));
  json.version = version;
  if (json.packages?.[''] !== undefined) json.packages[''].version = version;
  writeFileSync(inRoot(file), `${JSON.stringify(json, null, 2)}\n`);
}
