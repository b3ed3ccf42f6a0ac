import type { DiscoveryService } from '@nestjs/core';
import { JobHandler } from './job-handler.js';
import { JobHandlers } from './job-handlers.js';
import type { JobType } from './job-type.js';
import type { Jobs } from './jobs.js';

const handlerOf = (name: string, overrides: Partial<JobType<never>> = {}): JobHandler<unknown> =>
  new (class extends JobHandler<unknown> {
    readonly type = { name, lane: 'quick', maxAttempts: 1, backoffMs: 1, backoffCapMs: 1, ...overrides } as const;
    run = (): Promise<void> => Promise.resolve();
  })();

function handlersWith(...providers: unknown[]): { handlers: JobHandlers; added: string[] } {
  const added: string[] = [];
  const discovery = { getProviders: () => providers.map((instance) => ({ instance })) } as unknown as DiscoveryService;
  const jobs = { add: ({ name }: { name: string }) => Promise.resolve(void added.push(name)) } as unknown as Jobs;
  return { handlers: new JobHandlers(discovery, jobs), added };
}

describe('JobHandlers', () => {
  it('finds the handlers among all that is provided', () => {
    const [fetch, notify] = [handlerOf('fetch', { lane: 'transfer' }), handlerOf('notify')];
    const { handlers } = handlersWith(undefined, {}, 'text', fetch, notify);
    handlers.onApplicationBootstrap();
    expect(handlers.find('fetch')).toBe(fetch);
    expect(handlers.find('other')).toBeUndefined();
    expect(handlers.typesIn('quick')).toEqual(['notify']);
    expect(handlers.typesIn('transfer')).toEqual(['fetch']);
  });

  it('stops the start when two claim one type', () => {
    const { handlers } = handlersWith(handlerOf('test'), handlerOf('test'));
    expect(() => handlers.onApplicationBootstrap()).toThrow('Two handlers claim the job type test.');
  });

  it('takes one that two modules provide once', () => {
    const handler = handlerOf('test');
    const { handlers } = handlersWith(handler, handler);
    expect(() => handlers.onApplicationBootstrap()).not.toThrow();
  });

  it('asks for the periodic ones only', async () => {
    const { handlers, added } = handlersWith(handlerOf('once'), handlerOf('tick', { everyMs: 1_000 }));
    handlers.onApplicationBootstrap();
    await handlers.registerPeriodic();
    expect(added).toEqual(['tick']);
  });
});
