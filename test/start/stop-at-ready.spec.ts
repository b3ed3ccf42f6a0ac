import { eventually } from '../support/eventually.js';
import { startTypescript } from '../support/typescript-process.js';

const program = new URL('./stop-at-ready.process.ts', import.meta.url);

describe('a process that is to end at the moment when it is ready', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('hears %s', async (name) => {
    const child = startTypescript(program);
    await eventually(() => expect(child.output).toContain('ready'));
    expect(await child.stop(name)).toEqual({ code: name === 'SIGINT' ? 130 : 0, signal: null });
  });
});
