import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import type { BodySink } from '#libs/peers/client/body-sink.js';
import { BulkHttp } from '#libs/peers/client/bulk-http.js';
import { eventually } from '../support/eventually.js';
import { selfSigned } from '../support/self-signed.js';

/** A body's destination that can be made to be full, with memory as the product has it. */
class Basin implements BodySink {
  readonly bytes: Uint8Array;
  at = 0;
  rests = 0;
  /** Rests after each so many bytes, and gives so many at once. */
  constructor(
    length: number,
    private readonly every = Infinity,
  ) {
    this.bytes = new Uint8Array(new SharedArrayBuffer(length));
  }
  private mustRest = false;
  room(): Uint8Array | null {
    if (this.mustRest) return null;
    return this.bytes.subarray(this.at, Math.min(this.bytes.length, this.at + this.every));
  }
  filled(count: number): void {
    this.at += count;
    this.mustRest = this.every !== Infinity;
  }
  async ready(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.rests += 1;
    this.mustRest = false;
  }
}

const sockets = new Set<net.Socket>();
const servers: net.Server[] = [];
async function listen<S extends net.Server>(server: S): Promise<number> {
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
/** A server that speaks for itself, request after request. */
async function speaking(answer: (socket: net.Socket, request: string, count: number) => void): Promise<URL> {
  let count = 0;
  const port = await listen(
    net.createServer((socket) => socket.on('data', (data) => answer(socket, data.toString('latin1'), (count += 1)))),
  );
  return new URL(`http://127.0.0.1:${port}/content?x=1`);
}
const headOf = (length: number, ...fields: string[]): string =>
  ['HTTP/1.1 206 Partial Content', `Content-Length: ${length}`, 'ODS-Protocol: 1', ...fields, '', ''].join('\r\n');

const http = new BulkHttp();
afterAll(() => {
  http.close();
  sockets.forEach((socket) => socket.destroy());
  servers.forEach((server) => server.close());
});

const never = new AbortController().signal;
const ask = (url: URL, length: number, { idleMs = 5_000, signal = never } = {}) =>
  http.get(url, { length, idleMs, signal }, () => Promise.resolve({ Range: 'bytes=0-', 'X-Mine': 'yes' }));
async function fetched(url: URL, basin: Basin): Promise<Uint8Array> {
  await (await ask(url, basin.bytes.length))!.into(basin);
  return basin.bytes;
}

describe('a large body', () => {
  const content = randomBytes(3_000_001);
  const giving = () => speaking((socket) => void socket.write(Buffer.concat([Buffer.from(headOf(content.length)), content])));

  it('arrives as it was sent, also when there is hardly room for it', async () => {
    const url = await giving();
    expect(content.equals(await fetched(url, new Basin(content.length)))).toBe(true);
    const slow = new Basin(content.length, 10_007);
    expect(content.equals(await fetched(url, slow))).toBe(true);
    expect(slow.rests).toBeGreaterThanOrEqual(Math.floor(content.length / 10_007));
  });

  it('arrives when everything comes in small pieces', async () => {
    const small = content.subarray(0, 1_000);
    const url = await speaking((socket) => {
      socket.setNoDelay(true);
      const bytes = Buffer.concat([Buffer.from(headOf(small.length, 'X-More: a, b')), small]);
      let at = 0;
      const step = (): void => void (at < bytes.length && socket.write(bytes.subarray(at, (at += 13)), () => setImmediate(step)));
      step();
    });
    expect(small.equals(await fetched(url, new Basin(small.length)))).toBe(true);
  });

  it('is asked for as an ODS asks, on one connection for request after request', async () => {
    const requests: string[] = [];
    const seen = new Set<net.Socket>();
    const url = await speaking((socket, request) => {
      requests.push(request);
      seen.add(socket);
      socket.write(`${headOf(3)}abc`);
    });
    for (let round = 0; round < 5; round += 1) expect(Buffer.from(await fetched(url, new Basin(3))).toString()).toBe('abc');
    expect(seen.size).toBe(1);
    expect(requests[0]!.split('\r\n')).toEqual(
      expect.arrayContaining([
        'GET /content?x=1 HTTP/1.1',
        `Host: ${url.host}`,
        'ODS-Protocol: 1',
        'Accept-Encoding: identity',
        'X-Mine: yes',
      ]),
    );
  });

  it('is not asked for with a field that would end its line', async () => {
    const call = http.get(await giving(), { length: 3, idleMs: 5_000, signal: never }, () =>
      Promise.resolve({ 'X-A': 'b\u010d\u010aX-C: d' }),
    );
    await expect(call).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' });
  });

  it('is not taken over TLS from a server without a trusted certificate', async () => {
    const url = new URL(`https://localhost:${await listen(https.createServer(selfSigned))}/content`);
    await expect(ask(url, content.length)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  it('is not asked for on a connection that is to be closed', async () => {
    const seen = new Set<net.Socket>();
    const url = await speaking((socket) => {
      seen.add(socket);
      socket.write(`${headOf(3, 'Connection: close')}abc`);
    });
    await fetched(url, new Basin(3));
    await fetched(url, new Basin(3));
    expect(seen.size).toBe(2);
  });

  it('is asked for again, on a new connection, when the kept one was just closed', async () => {
    const url = await speaking((socket, _request, count) => {
      if (count === 2) socket.destroy();
      else socket.write(`${headOf(3)}abc`);
    });
    await fetched(url, new Basin(3));
    expect(Buffer.from(await fetched(url, new Basin(3))).toString()).toBe('abc');
  });
});

describe('an answer that is not exactly the range', () => {
  it.each([
    ['a refusal', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nODS-Protocol: 1\r\n\r\n'],
    ['another length', headOf(4)],
    ['no ODS', 'HTTP/1.1 206 OK\r\nContent-Length: 3\r\n\r\nabc'],
    ['a newer protocol', 'HTTP/1.1 206 OK\r\nContent-Length: 3\r\nODS-Protocol: 9\r\n\r\nabc'],
    ['chunks', 'HTTP/1.1 206 OK\r\nTransfer-Encoding: chunked\r\nODS-Protocol: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
    ['two lengths', headOf(3, 'Content-Length: 4')],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n\r\n'],
    ['a head without end', 'HTTP/1.1 206 OK\r\n'.padEnd(100_000, 'X-A: b\r\n')],
  ])('is left to the ordinary client: %s', async (_what, answer) => {
    expect(await ask(await speaking((socket) => void socket.write(answer)), 3)).toBeNull();
  });
});

describe('a peer that fails', () => {
  const rejection = async (url: URL, length = 10): Promise<unknown> => {
    const body = await ask(url, length, { idleMs: 200 });
    return body!.into(new Basin(length)).then(
      () => 'it succeeded',
      (error: unknown) => error,
    );
  };

  it('by an early end, a reset or silence is known to, in the head and in the body', async () => {
    expect(await rejection(await speaking((socket) => void socket.end(`${headOf(10)}abc`)))).toMatchObject({ code: 'ECONNRESET' });
    expect(
      await rejection(await speaking((socket) => void socket.write(`${headOf(10)}abc`, () => socket.resetAndDestroy()))),
    ).toMatchObject({
      code: 'ECONNRESET',
    });
    expect(await rejection(await speaking((socket) => void socket.write(`${headOf(10)}abc`)))).toMatchObject({ code: 'ETIMEDOUT' });
    await expect(ask(await speaking(() => undefined), 3, { idleMs: 200 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(ask(await speaking((socket) => void socket.end('HTTP/1.1 206')), 3)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(ask(new URL('http://127.0.0.1:1/x'), 3)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('by sending more than it was asked for gets no second request on that connection', async () => {
    const seen: net.Socket[] = [];
    const url = await speaking((socket) => {
      seen.push(socket);
      socket.write(`${headOf(3)}abcdef`);
    });
    expect(Buffer.from(await fetched(url, new Basin(3))).toString()).toBe('abc');
    expect(Buffer.from(await fetched(url, new Basin(3))).toString()).toBe('abc');
    expect(new Set(seen).size).toBe(2);
  });

  it('is left at once when the transfer is stopped, in the head and in the body', async () => {
    const reason = new Error('Stopped.');
    for (const said of ['', `${headOf(10)}abc`]) {
      const stop = new AbortController();
      const url = await speaking((socket) => void socket.write(said));
      const basin = new Basin(10);
      const call = ask(url, 10, { signal: stop.signal }).then((body) => body!.into(basin));
      call.catch(() => undefined);
      await eventually(() => expect([sockets.size > 0, basin.at]).toEqual([true, said === '' ? 0 : 3]));
      stop.abort(reason);
      await expect(call).rejects.toBe(reason);
    }
  });
});
