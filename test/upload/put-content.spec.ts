import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type ClientRequest, request } from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

const MIB = 2 ** 20;
const run = promisify(execFile);
const hash = (algorithm: string, content: Uint8Array, encoding: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(content).digest(encoding);

interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Record<string, unknown>;
}

describe('PUT of the content of a package', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await TestServer.start('put', { MAX_UPLOAD_BYTES: '40M', UPLOAD_IDLE_SECONDS: 2 });
    token = await server.login();
  });
  afterAll(() => server.dispose());
  afterEach(() => eventually(() => expect(readdirSync(path.join(server.dataDir, 'staging'))).toEqual([])));

  const urlOf = (name: string, query = ''): string => `${server.url}/api/admin/packages/${encodeURIComponent(name)}/content${query}`;
  const begin = (
    name: string,
    headers: Record<string, string | number> = {},
    query = '',
  ): { call: ClientRequest; answer: Promise<Answer> } => {
    const call = request(urlOf(name, query), { method: 'PUT', agent: false, headers: { authorization: `Bearer ${token}`, ...headers } });
    const answer = new Promise<Answer>((resolve, reject) => {
      call.on('error', reject);
      call.on('response', (response) => {
        const { statusCode: status = 0, headers } = response;
        json(response).then((body) => resolve({ status, etag: headers.etag, body: body as Record<string, unknown> }), reject);
      });
    });
    answer.catch(() => undefined); // reported to whoever awaits it
    return { call, answer };
  };
  const put = (name: string, content: Buffer, headers: Record<string, string> = {}, query = ''): Promise<Answer> => {
    const { call, answer } = begin(name, { 'content-length': content.length, ...headers }, query);
    call.end(content);
    return answer;
  };
  const problem = (code: string): Record<string, unknown> => ({ type: `urn:ods:problem:${code}` });

  it('stores what curl -T sends, with the stage and notes of the URL', async () => {
    const content = randomBytes(18 * MIB + 4_321); // more than all buffers of one upload
    const file = path.join(scratchDir('put-curl'), 'Ünï 100%.pkg');
    await writeFile(file, content);
    const url = urlOf('Ünï 100%.pkg', '?stage=Test&notes=' + encodeURIComponent('Für alle'));
    const { stdout } = await run('curl', ['-sS', '-T', file, '-H', `Authorization: Bearer ${token}`, '-w', '\n%{http_code}', url]);
    const [body, status] = stdout.split('\n');
    expect(status).toBe('201');
    expect(JSON.parse(body!)).toMatchObject({
      ...{ filename: 'Ünï 100%.pkg', file_size: content.length, chunk_count: 19, stage: 'Test', notes: 'Für alle', already_existed: false },
      ...{ sha1: hash('sha1', content), sha256: hash('sha256', content) },
      warnings: [{ code: 'not-served-here', detail: expect.stringContaining('stage Test') }, { code: 'name-is-often-misread' }],
    });
  });

  it.each([
    ['nothing at all', 0, {}],
    ['JSON', 30, { 'content-type': 'application/json' }],
    ['a form', 30, { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a type of its own', MIB + 1, { 'content-type': 'application/x-apple-diskimage' }],
    ['no type', MIB, {}],
  ])('stores a body of %s as it is', async (what, size, headers) => {
    const content = Buffer.alloc(size, '{"a":1} ');
    const name = `type of ${what}.pkg`;
    expect(await put(name, content, headers as Record<string, string>, '?stage=Prod')).toMatchObject({
      status: 201,
      body: { file_size: size },
    });
    expect((await server.downloaded(name)).equals(content)).toBe(true);
  });

  it('takes a body of unknown length', async () => {
    const { call, answer } = begin('chunked.pkg', { 'transfer-encoding': 'chunked' });
    call.write('one ');
    call.end('two');
    expect(await answer).toMatchObject({ status: 201, body: { file_size: 7, sha256: hash('sha256', Buffer.from('one two')) } });
  });

  it('takes the name to the letter, also one of digits', async () => {
    const first = await put('digits.pkg', Buffer.from('digits'));
    const name = String(first.body['id']);
    expect(await put(name, Buffer.from('other'))).toMatchObject({ status: 201, body: { filename: name } });
    expect(await put('digits.pkg', Buffer.from('digits'))).toMatchObject({ status: 200, body: { already_existed: true } });
  });

  it('replaces only when it is asked to', async () => {
    await put('replace.pkg', Buffer.from('one'));
    expect(await put('replace.pkg', Buffer.from('two'))).toMatchObject({ status: 409, body: problem('filename-taken') });
    expect(await put('replace.pkg', Buffer.from('three'))).toMatchObject({ status: 409, body: problem('filename-taken') });
    expect(await put('replace.pkg', Buffer.from('two'), {}, '?replace=true')).toMatchObject({
      status: 200,
      body: { already_existed: false, sha256: hash('sha256', Buffer.from('two')) },
    });
  });

  it('honours If-None-Match and If-Match with the entity tag of downloads', async () => {
    const first = await put('condition.pkg', Buffer.from('one'), { 'if-none-match': '*' }, '?stage=Prod');
    expect(first).toMatchObject({ status: 201, etag: expect.any(String) });
    expect((await fetch(`${server.url}/share/condition.pkg`)).headers.get('etag')).toBe(first.etag);
    expect(await put('condition.pkg', Buffer.from('one'), { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: problem('upload-precondition'),
    });
    expect(await put('condition.pkg', Buffer.from('two'), { 'if-match': '"other"' })).toMatchObject({
      status: 412,
      body: problem('upload-precondition'),
    });
    const second = await put('condition.pkg', Buffer.from('two'), { 'if-match': `"other", ${first.etag}` });
    expect(second).toMatchObject({ status: 200, body: { sha256: hash('sha256', Buffer.from('two')) } });
    expect(await put('condition.pkg', Buffer.from('three'), { 'if-match': first.etag! })).toMatchObject({ status: 412 });
    expect(await put('not there.pkg', Buffer.from('x'), { 'if-match': '*' })).toMatchObject({
      status: 412,
      body: problem('upload-precondition'),
    });
    expect(await put('condition.pkg', Buffer.from('x'), { 'if-match': 'no quotes' })).toMatchObject({
      status: 400,
      body: problem('upload-malformed'),
    });
  });

  it('lets one of several that create the same name win', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => put('race.pkg', Buffer.from(`content ${index}`), { 'if-none-match': '*' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 412, 412, 412, 412, 412]);
  });

  it.each([
    ['Content-Digest with SHA-256', (it: Buffer) => ({ 'content-digest': `sha-256=:${hash('sha256', it, 'base64')}:` }), ''],
    ['Repr-Digest with SHA-512', (it: Buffer) => ({ 'repr-digest': `sha-512=:${hash('sha512', it, 'base64')}:` }), ''],
    ['Digest with SHA-256', (it: Buffer) => ({ digest: `crc32c=AAAAAA==, SHA-256=${hash('sha256', it, 'base64')}` }), ''],
    ['Digest with SHA-1', (it: Buffer) => ({ digest: `sha=${hash('sha1', it, 'base64')}` }), ''],
    ['Content-MD5', (it: Buffer) => ({ 'content-md5': hash('md5', it, 'base64') }), ''],
    ['X-Checksum-Sha1', (it: Buffer) => ({ 'x-checksum-sha1': hash('sha1', it) }), ''],
    ['X-Checksum-Md5', (it: Buffer) => ({ 'x-checksum-md5': hash('md5', it).toUpperCase() }), ''],
    ['X-Checksum-Sha256', (it: Buffer) => ({ 'x-checksum-sha256': hash('sha256', it).toUpperCase() }), ''],
    ['the parameter', () => ({}), 'sha256'],
  ])('compares the file with %s', async (what, headers, parameter) => {
    const content = randomBytes(2 * MIB + 5);
    const wrong = randomBytes(10);
    const query = (of: Buffer): string => (parameter ? `?${parameter}=${hash('sha256', of)}` : '');
    expect(await put(`${what}.pkg`, content, headers(wrong), query(wrong))).toMatchObject({
      status: 400,
      body: problem('digest-mismatch'),
    });
    expect((await server.api('GET', `/api/admin/packages/${encodeURIComponent(`${what}.pkg`)}`)).status).toBe(404);
    expect(await put(`${what}.pkg`, content, headers(content), query(content))).toMatchObject({ status: 201 });
  });

  it.each([
    ['a stage that does not exist', {}, '?stage=Production', 400, 'invalid-request'],
    ['a parameter that does not exist', {}, '?Stage=Test', 400, 'invalid-request'],
    ['notes that are too long', {}, `?notes=${'x'.repeat(2_001)}`, 400, 'invalid-request'],
    ['a digest that is none', {}, '?sha256=abc', 400, 'invalid-request'],
    ['a checksum that is none', { 'x-checksum-sha256': 'abc' }, '', 400, 'upload-malformed'],
    ['an older digest that is none', { digest: 'sha-256' }, '', 400, 'upload-malformed'],
    ['an MD5 that is none', { 'content-md5': '?' }, '', 400, 'upload-malformed'],
    ['an encoding', { 'content-encoding': 'gzip' }, '', 415, 'upload-encoded'],
    ['a part', { 'content-range': 'bytes 0-2/10' }, '', 400, 'upload-malformed'],
    ['more than is allowed', { 'content-length': String(41 * MIB) }, '', 413, 'upload-too-large'],
  ])('refuses %s, and keeps nothing', async (_what, headers, query, status, code) => {
    const { call, answer } = begin('refused.pkg', { 'content-length': 3, ...headers }, query);
    call.write('abc');
    expect(await answer).toMatchObject({ status, body: problem(code) });
    call.destroy();
    expect((await server.api('GET', '/api/admin/packages/refused.pkg')).status).toBe(404);
  });

  it('refuses more than is allowed also when it was not announced', async () => {
    const { call, answer } = begin('endless.pkg', { 'transfer-encoding': 'chunked' });
    const piece = Buffer.alloc(MIB);
    const feed = setInterval(() => call.write(piece), 1);
    try {
      expect(await answer).toMatchObject({ status: 413, body: problem('upload-too-large') });
    } finally {
      clearInterval(feed);
      call.destroy();
    }
  });

  it('cuts a sender that stalls, and keeps nothing of one that is gone', async () => {
    const stalled = begin('stalled.pkg', { 'content-length': 10 });
    stalled.call.write('abc');
    expect(await stalled.answer).toMatchObject({ status: 408, body: problem('upload-stalled') });
    stalled.call.destroy();
    const gone = begin('gone.pkg', { 'content-length': 2 * MIB });
    gone.call.write(Buffer.alloc(MIB + 3));
    await eventually(() => expect(readdirSync(path.join(server.dataDir, 'staging'))).toHaveLength(1));
    gone.call.destroy();
    await expect(gone.answer).rejects.toThrow();
    await eventually(() => expect(readdirSync(path.join(server.dataDir, 'staging'))).toEqual([]));
    expect((await server.api('GET', '/api/admin/packages/gone.pkg')).status).toBe(404);
  });

  it('is for publishers', async () => {
    const response = await fetch(urlOf('unsigned.pkg'), { method: 'PUT', body: 'x' });
    expect(response.status).toBe(401);
  });
});
