import { programs } from '../../test/support/programs.mjs';
import { runTier } from './test.mjs';

/** `npm run test:full`: everything, on every database. Arguments go to Jest. @param {string[]} args */
export default async function testFull(args) {
  await runTier(args, programs);
}
