export { freePort } from './child.mjs';
export { isLeftOut } from './programs.mjs';
export { scratchDir } from './scratch.mjs';
export { type Service, startApache, startHaproxy, startMariadb, startNginx, startPostgres, startRedis } from './service-processes.mjs';

/** The URL of a server that all test files of this run share; started when the first one asks. */
export async function sharedService(name: 'redis' | 'mariadb' | 'postgres'): Promise<string> {
  const lender = process.env['ODS_TEST_SERVICES'];
  if (lender === undefined) throw new Error('Run this through Jest with jest.config.mjs: its global set-up lends the services.');
  const response = await fetch(`${lender}/${name}`, {
    headers: { connection: 'close' }, // one that is kept may just be closed
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
