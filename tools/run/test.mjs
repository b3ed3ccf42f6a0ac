import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { quickEnvironment, quickPrograms } from '../../test/quick.mjs';
import { ensureServices } from '../../test/support/ensure-services.mjs';
import { programs } from '../../test/support/programs.mjs';
import { ensureBuilt } from './build.mjs';
import { runJest } from './jest.mjs';
import { checks } from './lint.mjs';
import { checkOpenApi } from './openapi.mjs';
import { inRoot, root } from './root.mjs';
import { elapsed, say, step } from './step.mjs';

const resultFile = inRoot('.cache/jest-results.json');

/**
 * `npm test`: checks, unit specs and the quick part of test/. With paths, those files in full. Other arguments (`--shard=1/2`) go to Jest.
 * Its last line counts checks and tests.
 * @param {string[]} args
 */
export default async function test(args) {
  const namesFiles = args.some((arg) => !arg.startsWith('-'));
  if (namesFiles) return runTier(args, programs);
  for (const [name, value] of Object.entries(quickEnvironment)) process.env[name] ??= value;
  await runTier(
    args,
    programs.filter(({ name }) => quickPrograms.includes(name)),
  );
}

/** @param {string[]} args @param {readonly import('../../test/support/programs.mjs').Program[]} wanted */
export async function runTier(args, wanted) {
  await ensureBuilt('server', 'console');
  ensureServices({ say, wanted });
  const total = { passed: 0, failed: 0, skipped: 0 };
  const gates = [...checks, { title: 'OpenAPI document and client are as the code says', check: checkOpenApi }];
  for (const { title, check } of gates) {
    if (await holds(title, check)) total.passed += 1;
    else total.failed += 1;
  }
  const tests = await runTests(args);
  for (const kind of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[kind] += tests[kind];
  if (total.skipped > 0) say(`${total.skipped} skipped`);
  say(`Took ${elapsed()}.`);
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

/** @param {string} title @param {() => Promise<unknown>} check */
async function holds(title, check) {
  try {
    await step(title, check);
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

/**
 * Up to three files that failed run once more, alone: on a busy machine a test can lose a race that is not the product's.
 * That they needed it is said, so that it is mended.
 * @param {readonly string[]} args
 */
async function runTests(args) {
  mkdirSync(inRoot('.cache'), { recursive: true });
  const first = await runOnce(args);
  const again = first.failedFiles;
  if (again.length === 0 || again.length > 3) return first;
  say(`Once more, alone: ${again.join(', ')}`);
  const second = await runOnce(['--maxWorkers=1', '--runTestsByPath', ...again]);
  if (second.failed > 0) return first;
  say(`Failed at first, passed alone: ${again.join(', ')}`);
  return { ...first, passed: first.passed - first.passedBesideFailures + second.passed, failed: 0 };
}

/** @param {readonly string[]} args */
async function runOnce(args) {
  rmSync(resultFile, { force: true });
  const crash = await runJest(['--json', `--outputFile=${resultFile}`, ...args]).then(
    () => null,
    (error) => error,
  );
  if (!existsSync(resultFile)) {
    say(`Jest left no result: ${crash?.message ?? 'it ended well nevertheless'}`);
    return { passed: 0, failed: 1, skipped: 0, failedFiles: [], passedBesideFailures: 0 };
  }
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  /** @type {{ status: string, name: string, assertionResults: { status: string }[] }[]} */
  const files = result.testResults;
  const failures = files.filter(({ status }) => status === 'failed');
  // A file that could not even be loaded has no failed test to count.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && crash !== null ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
    failedFiles: failures.map(({ name }) => relative(root, name)),
    passedBesideFailures: failures.flatMap((file) => file.assertionResults).filter(({ status }) => status === 'passed').length,
  };
}
