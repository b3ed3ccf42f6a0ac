import { rmSync } from 'node:fs';

export default async function tearDown() {
  const { scratch, services } = globalThis.odsTestRun;
  await services.close();
  rmSync(scratch, { recursive: true, force: true });
}
