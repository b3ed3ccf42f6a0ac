import { runNode } from './processes.mjs';

/** Jest with native ES modules. @param {readonly string[]} args */
export function runJest(args) {
  const options = `${process.env['NODE_OPTIONS'] ?? ''} --experimental-vm-modules --no-warnings`.trim();
  return runNode('node_modules/jest/bin/jest.js', ['-c', 'jest.config.mjs', ...args], {
    env: { ...process.env, NODE_OPTIONS: options },
  });
}
