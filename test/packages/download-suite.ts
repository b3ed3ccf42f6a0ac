import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { eventually } from '../support/eventually.js';
import type { TestServer } from '../support/test-server.js';

const MIB = 2 ** 20;
export const content = randomBytes(5 * MIB + 321);
const sha256 = createHash('sha256').update(content).digest();
const etag = `"sha256-${sha256.toString('base64url')}"`;

export interface Download {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks for paths that go on the wire as they are written. */
export class Downloader {
  constructor(readonly port: number) {}

  async begin(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<IncomingMessage> {
    const call = request({ host: '127.0.0.1', port: this.port, path: target, method, headers, agent: false });
    call.end();
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    return response;
  }

  async get(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Download> {
    const response = await this.begin(target, headers, method);
    return { status: response.statusCode!, headers: response.headers, body: await buffer(response) };
  }
}

/** Until the content cannot have changed again within the second of its date: then the date is a strong validator (RFC 9110 section 8.8.2.2). */
const isStrongDate = (date: string): Promise<void> => eventually(() => expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(date) + 2_000));

/** What a client can rely on, whoever sends the bytes. `open` starts the server and says which port clients use. */
export function downloadSuite(open: () => Promise<{ server: TestServer; port: number }>): void {
  let server: TestServer;
  let lastModified: string;
  let downloader: Downloader;
  const get: Downloader['get'] = (...call) => downloader.get(...call);
  const begin: Downloader['begin'] = (...call) => downloader.begin(...call);

  beforeAll(async () => {
    const opened = await open();
    server = opened.server;
    downloader = new Downloader(opened.port);
    await server.upload('NoMAD.pkg', content);
    await server.upload('empty.pkg', '');
    lastModified = (await get('/share/NoMAD.pkg', {}, 'HEAD')).headers['last-modified']!;
  });

  it('sends the whole with what identifies it', async () => {
    const { status, headers, body } = await get('/share/NoMAD.pkg');
    expect([status, body.equals(content)]).toEqual([200, true]);
    expect(headers).toMatchObject({
      etag,
      'last-modified': expect.stringMatching(/ GMT$/),
      'accept-ranges': 'bytes',
      'content-length': String(content.length),
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="NoMAD.pkg"',
      'repr-digest': `sha-256=:${sha256.toString('base64')}:`,
      'x-content-type-options': 'nosniff',
    });
    const { created_ts: created } = await server.ok<{ created_ts: number }>('GET', '/api/admin/packages/NoMAD.pkg');
    expect(Date.parse(headers['last-modified']!)).toBe(created * 1_000);
  });

  it('answers HEAD with the same headers and no body', async () => {
    const [whole, head] = [await get('/share/NoMAD.pkg'), await get('/share/NoMAD.pkg', {}, 'HEAD')];
    const names = [
      'etag',
      'last-modified',
      'accept-ranges',
      'content-length',
      'content-type',
      'content-disposition',
      'repr-digest',
      'cache-control',
      'x-content-type-options',
    ];
    const lasting = (headers: IncomingHttpHeaders) => names.map((name) => [name, headers[name]]);
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(lasting(head.headers)).toEqual(lasting(whole.headers));
    expect((await get('/share/none.pkg', {}, 'HEAD')).status).toBe(404);
  });

  it.each([
    '/share/NoMAD.pkg',
    '/share/Packages/NoMAD.pkg',
    '/Packages/NoMAD.pkg',
    '/share/nomad.PKG',
    '/share/NoMAD%2Epkg',
    '/share/NoMAD.pkg?x=1',
    '//share//Packages//NoMAD.pkg',
    '/CasperShare/NoMAD.pkg',
    '/CasperShare/Packages/NoMAD.pkg',
  ])('serves it as %s, without a redirect', async (target) => {
    expect(await get(target, {}, 'HEAD')).toMatchObject({ status: 200, headers: { etag } });
  });

  it('finds names however they are written', async () => {
    const name = 'Büro + Café 100%2B (1).pkg';
    await server.upload(name, 'odd');
    const plain = '/share/B%C3%BCro%20+%20Caf%C3%A9%20100%252B%20(1).pkg';
    const decomposed = `/share/${encodeURIComponent(name.normalize('NFD'))}`;
    for (const target of [plain, decomposed, `/Packages/${encodeURIComponent(name)}`]) {
      const { status, headers, body } = await get(target);
      expect([target, status, body.toString()]).toEqual([target, 200, 'odd']);
      expect(headers['content-disposition']).toBe(
        `attachment; filename="B_ro + Caf_ 100%2B (1).pkg"; filename*=UTF-8''B%C3%BCro%20%2B%20Caf%C3%A9%20100%252B%20%281%29.pkg`,
      );
    }
  });

  it('takes + for a space where no name has the +', async () => {
    await server.upload('two words.pkg', 'a space');
    expect((await get('/share/two+words.pkg')).body.toString()).toBe('a space');
    await server.upload('two+words.pkg', 'a plus');
    const bodies = await Promise.all(['two+words.pkg', 'two%2Bwords.pkg', 'two%20words.pkg'].map((name) => get(`/share/${name}`)));
    expect(bodies.map(({ body }) => body.toString())).toEqual(['a plus', 'a plus', 'a space']);
    expect((await get('/share/no+words.pkg')).status).toBe(404);
  });

  it.each(['/share/', '/share/Packages/', '/Packages/', '/CasperShare/', '//share//'])(
    'says of %s that it is here, without a listing',
    async (target) => {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers, body } = await get(target, {}, method);
        expect([method, status, headers['content-type']]).toEqual([method, 200, 'text/plain; charset=utf-8']);
        expect(body.toString()).not.toContain('NoMAD');
        expect(body.length > 0).toBe(method === 'GET');
      }
    },
  );

  describe('parts of it', () => {
    it.each([
      ['bytes=0-0', 0, 0],
      ['bytes=100-1048575', 100, MIB - 1],
      [`bytes=${MIB - 1}-${MIB}`, MIB - 1, MIB],
      ['bytes=5000000-', 5_000_000, content.length - 1],
      ['bytes=-1', content.length - 1, content.length - 1],
      ['bytes=0-999999999', 0, content.length - 1],
    ])('sends %s', async (range, start, end) => {
      const { status, headers, body } = await get('/share/NoMAD.pkg', { range });
      expect(status).toBe(206);
      expect(headers).toMatchObject({
        etag,
        'content-range': `bytes ${start}-${end}/${content.length}`,
        'content-length': String(end - start + 1),
      });
      expect(body.equals(content.subarray(start, end + 1))).toBe(true);
    });

    it('sends several', async () => {
      const { status, headers, body } = await get('/share/NoMAD.pkg', { range: 'bytes=0-9,2000000-3000000,-5' });
      const boundary = /^multipart\/byteranges; boundary=(\w+)$/.exec(headers['content-type']!)?.[1];
      expect([status, headers['content-length']]).toEqual([206, String(body.length)]);
      const part = (start: number, end: number) =>
        `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${start}-${end}/${content.length}\r\n\r\n` +
        content.subarray(start, end + 1).toString('latin1');
      const last = content.length - 1;
      expect(body.toString('latin1') === `${part(0, 9)}${part(2_000_000, 3_000_000)}${part(last - 4, last)}\r\n--${boundary}--\r\n`).toBe(
        true,
      );
    });

    it('says what there is when it is asked for what there is not', async () => {
      for (const target of ['/share/NoMAD.pkg', '/share/empty.pkg']) {
        const { status, headers } = await get(target, { range: 'bytes=99999999-' });
        expect([status, headers['content-range']]).toEqual([416, `bytes */${target.includes('empty') ? 0 : content.length}`]);
      }
    });

    it('are not what HEAD is about', async () => {
      expect(await get('/share/NoMAD.pkg', { range: 'bytes=0-1' }, 'HEAD')).toMatchObject({
        status: 200,
        headers: { 'content-length': String(content.length) },
      });
    });

    it.each([
      ['the same tag', () => etag, 206],
      ['another tag', () => '"sha256-other"', 200],
      ['a weak tag', () => `W/${etag}`, 200],
      ['the same date', () => lastModified, 206],
      ['a later date', () => new Date(Date.parse(lastModified) + 60_000).toUTCString(), 200],
    ])('resumes by If-Range with %s', async (_what, ifRange, status) => {
      await isStrongDate(lastModified);
      expect((await get('/share/NoMAD.pkg', { range: 'bytes=100-', 'if-range': ifRange() })).status).toBe(status);
    });
  });

  it('sends an empty content', async () => {
    const { status, headers, body } = await get('/share/empty.pkg');
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
  });

  it.each([
    ['if-none-match', () => etag, 304],
    ['if-none-match', () => '"other"', 200],
    ['if-modified-since', () => lastModified, 304],
    ['if-modified-since', () => new Date(0).toUTCString(), 200],
    ['if-match', () => '"other"', 412],
    ['if-match', () => etag, 200],
    ['if-unmodified-since', () => new Date(0).toUTCString(), 412],
  ])('answers %s (%#)', async (name, value, status) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await get('/share/NoMAD.pkg', { [name]: value() }, method);
      expect([method, answer.status, answer.headers.etag]).toEqual([method, status, etag]);
      if (status !== 200) expect(answer.body.length).toBe(0);
    }
  });

  it('finishes what it began although the package is replaced or deleted meanwhile', async () => {
    const [old, young] = [randomBytes(30 * MIB), randomBytes(30 * MIB)];
    await server.upload('moving.pkg', old);
    const slow = await begin('/share/moving.pkg');
    await once(slow, 'readable');
    await server.upload('moving.pkg', young, { replace: 'true' });
    expect((await get('/share/moving.pkg')).body.equals(young)).toBe(true);
    const second = await begin('/share/moving.pkg');
    await once(second, 'readable');
    await server.ok('DELETE', '/api/admin/packages/moving.pkg');
    expect((await get('/share/moving.pkg')).status).toBe(404);
    expect((await buffer(slow)).equals(old)).toBe(true);
    expect((await buffer(second)).equals(young)).toBe(true);
  });
}
