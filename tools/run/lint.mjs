import { ensureInstalled } from './build.mjs';
import { runNode } from './processes.mjs';
import { step } from './step.mjs';

/** What `npm run lint` and `npm test` check about the sources, without running them. */
export const checks = [
  {
    title: 'Types, with the tests',
    check: () =>
      runNode('node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json'], {
        quiet: true,
      }),
  },
  {
    title: 'ESLint',
    check: () => runNode('node_modules/eslint/bin/eslint.js', ['--max-warnings', '0', '.'], { quiet: true }),
  },
];

/** `npm run lint` */
export default async function lint() {
  await ensureInstalled();
  for (const { title, check } of checks) await step(title, check);
}
