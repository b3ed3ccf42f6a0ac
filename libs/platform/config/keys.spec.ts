import { readdirSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '../../../test/support/services.js';
import { startTypescript } from '../../../test/support/typescript-process.js';
import { parseDatabaseKeys, readOrCreateKey } from './keys.js';

describe('readOrCreateKey', () => {
  it('gives processes that start at once the same key', async () => {
    const dataDir = scratchDir('keys');
    const program = new URL('./keys.process.testing.ts', import.meta.url);
    const processes = Array.from({ length: 4 }, () => startTypescript(program, [dataDir]));
    for (const { exited } of processes) expect(await exited).toEqual({ code: 0, signal: null });
    const key = readOrCreateKey(dataDir, 'secret.key');
    expect(processes.map(({ output }) => output)).toEqual([key, key, key, key]);
    expect(readdirSync(path.join(dataDir, 'keys'))).toEqual(['secret.key']); // and no draft is left
  });
});

describe('parseDatabaseKeys', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));

  it.each(['base64', 'base64url', 'hex'] as const)('reads %s, and names the key alike', (encoding) => {
    const [parsed] = parseDatabaseKeys(` ${key.toString(encoding)} `);
    expect(parsed!.key.equals(key)).toBe(true);
    expect(parsed!.id).toBe(parseDatabaseKeys(key.toString('hex'))[0]!.id);
  });

  it.each(['', 'short', `${'a'.repeat(43)}!!`, `${key.toString('hex')},`, 'correct horse battery staple correct horse battery!'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseDatabaseKeys(text)).toThrow('must be 32 random bytes');
    },
  );
});
