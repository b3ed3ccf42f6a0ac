import { existsSync } from 'node:fs';
import path from 'node:path';
import { Child } from './child.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** What a server may see of the environment of the tests: no setting of the developer's own shell. */
const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SystemRoot'];

export type Environment = Readonly<Record<string, string | number | boolean | undefined>>;

/** Intervals of minutes shortened to what a test can wait for. */
const quickly: Environment = {
  RECONCILE_SECONDS: 2,
  JOB_POLL_MS: 100,
  JOB_LEASE_MS: 3_000,
  DISK_RESERVE_BYTES: '1M',
};

/** Starts the built api or worker as a process of its own, which cannot outlive the tests. */
export function startProcess(app: 'api' | 'worker', settings: Environment): Child {
  const main = path.join(root, `dist/bundle/${app}.js`);
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first.`);
  const env: NodeJS.ProcessEnv = {};
  for (const name of kept) if (process.env[name] !== undefined) env[name] = process.env[name];
  for (const [name, value] of Object.entries({ ...quickly, ...settings })) {
    if (value !== undefined) env[name] = String(value);
  }
  return new Child(process.execPath, ['--enable-source-maps', main], { env });
}
