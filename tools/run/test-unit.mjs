import { ensureInstalled } from './build.mjs';
import { runJest } from './jest.mjs';

/** `npm run test:unit`: the quick inner loop; arguments go to Jest. */
export default async function testUnit(args) {
  await ensureInstalled();
  await runJest(['--selectProjects', 'server', 'console', ...args]);
}
