import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../test/support/eventually.js';
import { BodyBudget } from './bodies/body-budget.js';
import { DEFAULT_BODY_LIMITS } from './bodies/body-limits.js';
import { readBody } from './bodies/read-body.js';

const limits = { ...DEFAULT_BODY_LIMITS, maxBytes: 100, maxSeconds: 1, maxIdleSeconds: 0.3 };

describe('the body of a request', () => {
  let server: Server;
  let budget: BodyBudget;
  let outcomes: Promise<string>[];
  beforeEach(async () => {
    budget = new BodyBudget({ perAddress: 2, total: 3, bytes: 150 });
    outcomes = [];
    server = createServer((incoming: IncomingMessage, answer) => {
      const take = async (): Promise<string> => {
        const ticket = budget.begin(incoming.socket.remoteAddress!);
        try {
          return (await readBody(incoming, limits, ticket)).toString();
        } finally {
          ticket.end();
        }
      };
      const outcome = take().catch((error: unknown) => (error as Error).name);
      outcomes.push(outcome);
      void outcome.then(() => answer.end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const begin = (headers: Record<string, string> = {}) => {
    const call = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method: 'POST', headers });
    call.on('error', () => undefined);
    return call;
  };
  const outcomeOf = async (index = 0): Promise<string> => {
    await eventually(() => expect(outcomes.length).toBeGreaterThan(index));
    return outcomes[index]!;
  };

  it('is put together from its pieces', async () => {
    const call = begin();
    call.write('one ');
    setTimeout(() => call.end('two'), 50);
    expect(await outcomeOf()).toBe('one two');
  });

  it('is refused by its announced length before any of it is read, and by its real one', async () => {
    begin({ 'content-length': '101' }).flushHeaders();
    expect(await outcomeOf()).toBe('BodyTooLarge');
    begin().end('x'.repeat(101));
    expect(await outcomeOf(1)).toBe('BodyTooLarge');
  });

  it('that stops arriving is given up', async () => {
    begin().write('x');
    expect(await outcomeOf()).toBe('BodyTooSlow');
  });

  it('that arrives byte by byte without end is given up', async () => {
    const call = begin();
    const feed = setInterval(() => call.write('x'), 100);
    expect(await outcomeOf()).toBe('BodyTooSlow');
    clearInterval(feed);
  });

  it('whose client goes away is incomplete', async () => {
    const call = begin({ 'content-length': '50' });
    call.write('x');
    await eventually(() => expect(outcomes).toHaveLength(1));
    call.destroy();
    expect(await outcomeOf()).toBe('BodyIncomplete');
  });

  it('is one of few at a time, and gives its place back', async () => {
    const held = [begin({ 'content-length': '90' }), begin({ 'content-length': '90' })];
    for (const call of held) call.write('x');
    await eventually(() => expect(outcomes).toHaveLength(2));
    begin().end('third of one address');
    expect(await outcomeOf(2)).toBe('TooManyBodies');
    expect([await outcomeOf(0), await outcomeOf(1)]).toEqual(['BodyTooSlow', 'BodyTooSlow']);
    begin().end('and again');
    expect(await outcomeOf(3)).toBe('and again');
  });

  it('is refused when the bodies that are under way fill the memory for them', async () => {
    const held = begin({ 'content-length': '99' });
    held.write('x'.repeat(98));
    await eventually(() => expect(outcomes).toHaveLength(1));
    begin().end('x'.repeat(90));
    expect(await outcomeOf(1)).toBe('TooManyBodies');
    held.end('x');
    expect(await outcomeOf(0)).toHaveLength(99);
  });
});
