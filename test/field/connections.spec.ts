import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestServer } from '../support/test-server.js';

const ask = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';

/** A connection of a balancer, on which requests are sent one after the other. */
class Kept {
  closedMs: number | null = null;
  received = '';
  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => (this.received += data.toString('latin1')));
    socket.on('close', () => (this.closedMs = performance.now()));
    socket.on('error', () => undefined);
  }
  static async open(server: TestServer): Promise<Kept> {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    return new Kept(socket);
  }
  async request(): Promise<string> {
    this.received = '';
    this.socket.write(ask);
    await once(this.socket, 'data');
    return this.received;
  }
}

describe('idle connections', () => {
  it('are kept for longer than balancers keep theirs, and answer when they are used again', async () => {
    const byDefault = await TestServer.start('field-idle');
    expect(await (await Kept.open(byDefault)).request()).toMatch(/keep-alive: timeout=7[0-9]/i);
    await byDefault.dispose();
    const server = await TestServer.start('field-idle-kept', { KEEP_ALIVE_SECONDS: 20 });
    const kept = await Kept.open(server);
    await kept.request();
    await sleep(10_000); // longer than Node's own limit of 5 s
    expect(kept.closedMs).toBeNull();
    expect(await kept.request()).toContain('200 OK');
    kept.socket.destroy();
    await server.dispose();
  });

  it('are closed when they were idle for KEEP_ALIVE_SECONDS', async () => {
    const server = await TestServer.start('field-idle-short', { KEEP_ALIVE_SECONDS: 2 });
    const kept = await Kept.open(server);
    const begunMs = performance.now();
    await kept.request();
    await once(kept.socket, 'close');
    expect(performance.now() - begunMs).toBeGreaterThan(1_500);
    await server.dispose();
  });

  it.each([
    ['nothing', ''],
    ['half of a head', 'GET /healthz HT'],
    ['a head whose body does not come', 'POST /api/admin/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'],
  ])('do not hold up a stop when %s was sent on them, as browsers and scanners open them', async (_what, text) => {
    const server = await TestServer.start('field-silent');
    const silent = await Promise.all(Array.from({ length: 5 }, () => Kept.open(server)));
    for (const { socket } of silent) socket.write(text);
    const begunMs = performance.now();
    expect(await server.stop()).toBe(0);
    expect(performance.now() - begunMs).toBeLessThan(20_000);
    await server.dispose();
  });

  it('do not hold up a stop, also those whose answer was under way', async () => {
    const server = await TestServer.start('field-idle-stop');
    await server.upload('large.pkg', Buffer.alloc(8 * 2 ** 20, 7));
    const idle = await Promise.all(Array.from({ length: 5 }, () => Kept.open(server)));
    for (const kept of idle) await kept.request();
    const agent = new Agent({ keepAlive: true });
    const [download] = (await once(get(`${server.url}/share/large.pkg`, { agent }), 'response')) as [IncomingMessage];
    const begunMs = performance.now();
    const stopped = server.stop();
    let bytes = 0;
    for await (const piece of download as AsyncIterable<Buffer>) bytes += piece.length;
    expect(bytes).toBe(8 * 2 ** 20); // to its end
    expect(await stopped).toBe(0);
    expect(performance.now() - begunMs).toBeLessThan(20_000);
    for (const kept of idle) expect(kept.closedMs).not.toBeNull();
    agent.destroy();
    await server.dispose();
  });
});
