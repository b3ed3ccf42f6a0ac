import { openScratch } from './scratch.mjs';
import { SharedServices } from './shared-services.mjs';

export default async function setUp() {
  const scratch = openScratch();
  const services = new SharedServices();
  process.env['ODS_TEST_SERVICES'] = await services.open();
  globalThis.odsTestRun = { scratch, services };
}
