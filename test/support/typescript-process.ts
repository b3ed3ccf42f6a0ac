import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';

const hooks = new URL('./register-typescript.mjs', import.meta.url).href;

/** Starts one of our TypeScript files as a process of its own; it cannot outlive the tests. */
export function startTypescript(file: URL, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Child {
  const node = ['--conditions=source', '--enable-source-maps', '--import', hooks, fileURLToPath(file), ...args];
  return new Child(process.execPath, node, { env: { ...process.env, NODE_OPTIONS: '', ...env } });
}
