import { open } from 'node:fs/promises';
import { isDiskFault } from './damaged-contents.js';
import { pacer } from './pacer.js';

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined).catch((error: unknown) => error);

describe('a read that failed', () => {
  it('speaks against the file when the disk or the file system refused it', async () => {
    expect(isDiskFault(await failureOf(open('/nowhere/at/all')))).toBe(true);
    expect(isDiskFault(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' }))).toBe(true);
  });

  it('says nothing about the file when the process has no descriptor left, or stops', async () => {
    expect(isDiskFault(Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open' }))).toBe(false);
    const stopped = await failureOf(pacer(1, AbortSignal.abort())(1_000));
    expect(stopped).toMatchObject({ code: 'ABORT_ERR' });
    expect(isDiskFault(stopped)).toBe(false);
  });
});
