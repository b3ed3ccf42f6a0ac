import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { selfSigned } from '../support/self-signed.js';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { ods } from '../support/ods-command.js';
import { Receiver } from '../webhooks/receiver.js';

interface Check {
  readonly filename: string;
  readonly state: string;
  readonly detail: string;
  readonly url: string;
  readonly whole_ts: number | null;
  readonly rate: number | null;
  readonly asked: string | null;
}
type Answer = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What a computer of the site gets: the server behind a proxy that ends TLS, and that can be made to answer otherwise. */
describe('downloads as a managed computer', () => {
  const scratch = scratchDir('jamf-checks');
  let jamf: FakeJamf;
  let server: TestServer;
  let front: https.Server;
  let answers: Answer = () => false;
  const asked: string[] = [];

  beforeAll(async () => {
    const authority = path.join(scratch, 'authority.pem');
    writeFileSync(authority, selfSigned.cert);
    jamf = await FakeJamf.start();
    server = await TestServer.start('jamf-checks', { OUTBOUND_ALLOW_LOCAL: 'true', NODE_EXTRA_CA_CERTS: authority });
    front = https.createServer(selfSigned, (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`);
      if (answers(request, response)) return;
      const { url: target, method, headers } = request;
      const inner = http.request({ port: server.port, host: '127.0.0.1', path: target, method, headers }, (from) => {
        response.writeHead(from.statusCode!, from.headers);
        from.pipe(response);
      });
      request.pipe(inner);
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const url = `https://localhost:${(front.address() as AddressInfo).port}`;
    await server.ok('POST', '/api/admin/about/update', { url, name: 'Berlin' });
    for (const name of ['A b+é.pkg', 'other.pkg']) expect((await server.upload(name, `content of ${name}`)).status).toBe(201);
    jamf.points.add({
      name: 'Berlin',
      serverName: 'localhost',
      httpsPort: Number(new URL(url).port),
      httpsEnabled: true,
      httpsContext: 'share',
    });
    await server.ok('PUT', '/api/admin/jamf/connection', { url: jamf.url, auth: 'client', client_id: 'ods-client', secret: 's3cret' });
    await eventually(async () =>
      expect((await server.ok<{ compared_ts: unknown }>('GET', '/api/admin/jamf/settings')).compared_ts).not.toBeNull(),
    );
  });
  afterAll(async () => {
    await server?.dispose();
    front?.close();
    await jamf?.stop();
  });
  beforeEach(() => {
    answers = () => false;
    asked.length = 0;
  });

  const checks = async (): Promise<Check[]> => (await server.ok<{ items: Check[] }>('GET', '/api/admin/jamf/checks')).items;
  const ask = (body: object) => server.api<{ downloads?: number; type?: string }>('POST', '/api/admin/jamf/checks', body);
  const checked = async (body: object): Promise<Check> => {
    expect((await ask(body)).status).toBe(202);
    await eventually(async () => expect((await checks()).filter((check) => check.asked !== null)).toEqual([]));
    return (await checks()).find(({ filename }) => filename === 'A b+é.pkg')!;
  };
  const one = { filenames: ['A b+é.pkg'] };
  /** Requests for that one: a package that was never tried is tried in the same run. */
  const askedForOne = () => asked.filter((line) => line.includes('/A%20b%2B%C3%A9.pkg'));

  it('have nothing to try before a record is in step', async () => {
    expect(await ask({})).toMatchObject({ status: 409, body: { type: 'urn:ods:problem:jamf-nothing-to-check' } });
    const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true };
    await server.ok('PUT', '/api/admin/jamf/settings?confirm=true', settings);
    await eventually(async () => {
      const { counts } = await server.ok<{ counts: { state: string; count: number }[] }>('GET', '/api/admin/jamf/settings');
      expect(counts.find(({ state }) => state === 'in_step')).toMatchObject({ count: 2 });
    });
  });

  it('are right where the server answers, the first byte or everything', async () => {
    expect(await checked(one)).toMatchObject({ state: 'right', detail: '', whole_ts: null });
    expect(askedForOne()).toEqual(['GET /share/Packages/A%20b%2B%C3%A9.pkg bytes=0-0']);
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({
      state: 'right',
      rate: expect.any(Number),
      whole_ts: expect.any(Number),
    });
    expect(askedForOne().at(-1)).toBe('GET /share/Packages/A%20b%2B%C3%A9.pkg ');
    expect((await ask({})).body.downloads).toBe(2);
    await eventually(async () => expect((await checks()).map(({ state }) => state)).toEqual(['right', 'right']));
  });

  it.each<[string, string, Answer]>([
    ['redirects', 'redirected', (_request, response) => Boolean(response.writeHead(302, { location: 'https://x.example.com/' }).end())],
    ['asks for a password', 'unauthorized', (_request, response) => Boolean(response.writeHead(401).end())],
    ['has nothing', 'not_found', (_request, response) => Boolean(response.writeHead(404).end())],
    ['fails', 'refused', (_request, response) => Boolean(response.writeHead(500).end())],
    ['hangs up', 'unreachable', (request) => Boolean(request.socket.destroy())],
    ['gives something short', 'wrong_size', (_request, response) => Boolean(response.writeHead(200, { 'content-length': '3' }).end('abc'))],
  ])('say what is wrong where a server %s', async (_what, state, answer) => {
    answers = answer;
    expect(await checked(one)).toMatchObject({ state });
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({ state });
  });

  it('find the byte that is wrong, and a broken download, only by reading everything', async () => {
    const content = Buffer.from('content of A b+é.pkg');
    answers = (request, response) => {
      const wrong = Buffer.from(content);
      wrong[5] = wrong[5]! ^ 1;
      const body = request.headers.range === undefined ? wrong : wrong.subarray(0, 1);
      const headers = { 'content-length': body.length, 'content-range': `bytes 0-0/${content.length}` };
      return Boolean(response.writeHead(request.headers.range === undefined ? 200 : 206, headers).end(body));
    };
    expect(await checked(one)).toMatchObject({ state: 'right' });
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({ state: 'wrong_hash', detail: expect.stringContaining('SHA_512') });
    answers = (_request, response) => {
      response.writeHead(200, { 'content-length': String(content.length) }).write(content.subarray(0, 4));
      setTimeout(() => response.socket?.destroy(), 50);
      return true;
    };
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({ state: 'unreachable' });
  });

  it('compare with the record as it is in Jamf Pro now', async () => {
    const record = jamf.records.find(({ fileName }) => fileName === 'A b+é.pkg')!;
    const other = { ...record, hashType: 'MD5', hashValue: createHash('md5').update('other').digest('hex') };
    jamf.packages.table.write(record.id, other, null);
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({ state: 'wrong_hash', detail: expect.stringContaining('MD5') });
    jamf.packages.table.write(record.id, record, null);
    expect(await checked({ ...one, depth: 'whole' })).toMatchObject({ state: 'right' });
  });

  it('are tried by `ods jamf check`, whose exit status says whether all is well', async () => {
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'script', role: 'admin' });
    const account = { ODS_URL: server.url, ODS_TOKEN: token };
    expect(await ods(['jamf', 'check', '--whole'], account)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Berlin +A b\+é\.pkg +right/),
    });
    answers = (_request, response) => Boolean(response.writeHead(404).end());
    const failed = await ods(['jamf', 'check', 'a B+é.pkg', '--json'], account);
    expect([failed.code, JSON.parse(failed.out)]).toEqual([1, [expect.objectContaining({ filename: 'A b+é.pkg', state: 'not_found' })]]);
    expect(await ods(['jamf', 'check', 'unknown.pkg'], account)).toMatchObject({
      code: 1,
      error: expect.stringContaining('nothing to check'),
    });
  });

  it('are said once to webhooks, whatever the number of packages', async () => {
    const hook = await new Receiver().start();
    const body = { name: 'checks', url: hook.urlOf('checks'), events: ['jamf.check_failed', 'package.uploaded'] };
    await server.ok('POST', '/api/admin/webhooks', body);
    expect(await checked(one)).toMatchObject({ state: 'right' });
    await checked({ filenames: ['other.pkg'] });
    answers = (_request, response) => Boolean(response.writeHead(404).end());
    for (let time = 0; time < 3; time += 1) expect(await checked({})).toMatchObject({ state: 'not_found' });
    await server.upload('last.pkg', 'said after what was to be said');
    const types = () => hook.at('checks').map(({ body: text }) => (JSON.parse(text) as { type: string }).type);
    await eventually(() => expect(types()).toContain('package.uploaded'));
    expect(types().filter((type) => type === 'jamf.check_failed')).toHaveLength(1);
    expect(hook.at('checks')[0]!.body).toContain('"packages":2');
    hook.stop();
  });

  it('are forgotten with the connection, and refuse words that mean nothing', async () => {
    expect(await ask({ depth: 'deep' })).toMatchObject({ status: 400 });
    expect(await ask({ filenames: [] })).toMatchObject({ status: 400 });
    expect(await ask({ iss: ['x'] })).toMatchObject({ status: 400 });
    expect(await ask({ filenames: ['unknown.pkg'] })).toMatchObject({ status: 409 });
    expect((await server.api('DELETE', '/api/admin/jamf/connection')).status).toBe(204);
    expect(await server.api('GET', '/api/admin/jamf/checks')).toMatchObject({ status: 404 });
    expect(await ask({})).toMatchObject({ status: 404 });
  });
});
