import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { SweepResumablesHandler } from '#libs/upload/resumable/sweep-resumables.handler.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import { base64, TusCaller } from './tus-caller.js';

const PASSWORD = 'vermilion otter teapot';
const MB = 1_048_576;
const digest = (algorithm: string, data: Uint8Array): string => createHash(algorithm).update(data).digest('base64');

describe('resumable uploads', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  let tus: TusCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, MAX_UPLOAD_BYTES: '64M', UPLOAD_IDLE_SECONDS: '30' }, withJobs: true });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    tus = new TusCaller(server, admin.token);
  });
  afterAll(() => server.stop());

  const downloaded = async (filename: string): Promise<Buffer | null> => {
    const response = await fetch(`${server.url}/share/${encodeURIComponent(filename)}`);
    const body = Buffer.from(await response.arrayBuffer());
    return response.ok ? body : null;
  };
  const staged = (): string[] => readdirSync(path.join(server.dataDir, 'staging')).filter((name) => name.startsWith('resumable-'));
  const stagedOf = (location: string): string[] => staged().filter((name) => name.endsWith(location.split('/').at(-1)!));
  const token = async (input: object): Promise<TusCaller> => {
    const response = await admin.send('POST', 'tokens', { role: 'publisher', ...input });
    return new TusCaller(server, ((await response.json()) as { token: string }).token);
  };

  it('announces versions and extensions', async () => {
    const { status, headers } = await tus.send('OPTIONS', '/api/admin/upload/resumable', { 'tus-resumable': undefined });
    expect(status).toBe(204);
    expect(Object.fromEntries(headers)).toMatchObject({
      'tus-resumable': '1.0.0',
      'tus-version': '1.0.0',
      'tus-extension': 'creation,creation-with-upload,termination,checksum,expiration',
      'tus-max-size': String(64 * MB),
      'tus-checksum-algorithm': 'sha1,sha256,sha512',
    });
  });

  it('makes a package of many portions, which is there with the last one and not before', async () => {
    const content = randomBytes(3 * MB + 77);
    const location = await tus.begin('Ünïcode app.pkg', content.length, { stage: 'Prod', notes: 'by tus', filetype: 'x/y' });
    expect(await tus.offset(location)).toBe(0);
    let at = 0;
    for (const size of [1, MB - 1, MB + 5, 0, content.length]) {
      const end = Math.min(content.length, at + size);
      expect(await downloaded('Ünïcode app.pkg')).toBeNull();
      const answer = await tus.patch(location, at, content.subarray(at, end));
      expect([answer.status, answer.offset]).toEqual([204, end]);
      expect(Date.parse(answer.headers.get('upload-expires')!)).toBeGreaterThan(Date.now());
      at = end;
    }
    expect(content.equals((await downloaded('Ünïcode app.pkg'))!)).toBe(true);
    const row = await (await admin.send('GET', 'packages/' + encodeURIComponent('Ünïcode app.pkg'))).json();
    expect(row).toMatchObject({ stage: 'Prod', notes: 'by tus', sha256: createHash('sha256').update(content).digest('hex') });
    expect((await auditOf(server)).at(-1)).toMatchObject({ action: 'package.uploaded', actor: 'admin', subject: 'Ünïcode app.pkg' });
    const { status, headers } = await tus.send('HEAD', location); // as a client asks whose answer was lost
    expect([status, headers.get('upload-offset'), headers.get('upload-length')]).toEqual([200, String(at), String(at)]);
    expect(headers.get('upload-metadata')).toContain(`filename ${base64('Ünïcode app.pkg')}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(staged()).toEqual([]);
  });

  it('takes the bytes with the creation, also all of them or none', async () => {
    const heads = { 'content-type': 'application/offset+octet-stream' };
    const first = await tus.create(10, { filename: 'begun.pkg' }, heads, 'hello');
    expect([first.status, first.offset]).toEqual([201, 5]);
    const whole = await tus.create(5, { filename: 'whole.pkg' }, heads, 'hello');
    expect([whole.status, whole.offset, whole.headers.get('ods-already-existed')]).toEqual([201, 5, 'false']);
    expect(await downloaded('whole.pkg')).toEqual(Buffer.from('hello'));
    const empty = await tus.create(0, { filename: 'empty.pkg' });
    expect([empty.status, empty.offset]).toEqual([201, 0]);
    expect(await downloaded('empty.pkg')).toEqual(Buffer.alloc(0));
    expect((await tus.send('DELETE', first.headers.get('location')!)).status).toBe(204);
  });

  it('answers the package that is there when the content is the same, and refuses another one under its name', async () => {
    const place = async (content: string, more = {}): Promise<[number, string | null, string | null]> => {
      const answer = await tus.create(content.length, { filename: 'same.pkg', ...more });
      if (answer.status !== 201) return [answer.status, answer.problem, null];
      const last = await tus.patch(answer.headers.get('location')!, 0, content);
      return [last.status, last.problem, last.headers.get('ods-already-existed')];
    };
    expect(await place('content 1')).toEqual([204, null, 'false']);
    expect(await place('content 1')).toEqual([204, null, 'true']);
    expect(await place('content 2')).toEqual([422, 'filename-taken', null]); // seen at the end only
    expect(await place('longer content')).toEqual([409, 'filename-taken', null]); // seen at the beginning
    expect(await place('content 2', { replace: 'true' })).toEqual([204, null, 'false']);
    expect(await downloaded('same.pkg')).toEqual(Buffer.from('content 2'));
  });

  it('resumes only at its offset', async () => {
    const location = await tus.begin('places.pkg', 10);
    expect((await tus.patch(location, 0, 'hello')).offset).toBe(5);
    for (const offset of [0, 4, 6, 10, 11]) {
      const answer = await tus.patch(location, offset, 'x');
      expect([offset, answer.status, answer.problem]).toEqual([offset, 409, 'upload-offset-conflict']);
    }
    expect((await tus.patch(location, 5, 'world, and more')).status).toBe(413);
    const chunked = new ReadableStream({ start: (c) => (c.enqueue(Buffer.from('world, and')), c.enqueue(Buffer.from('more')), c.close()) });
    expect((await tus.patch(location, 5, chunked)).status).toBe(413);
    expect(await tus.offset(location)).toBe(5);
    expect((await tus.patch(location, 5, 'world')).offset).toBe(10);
    expect(await downloaded('places.pkg')).toEqual(Buffer.from('helloworld'));
    expect((await tus.patch(location, 10, '')).status).toBe(204);
  });

  it('keeps nothing of a portion that does not have its checksum', async () => {
    const content = randomBytes(2 * MB + 10);
    const location = await tus.begin('checked.pkg', content.length);
    const [first, second] = [content.subarray(0, MB + 3), content.subarray(MB + 3)];
    const send = (offset: number, body: Buffer, checksum: string) => tus.patch(location, offset, body, { 'upload-checksum': checksum });
    expect((await send(0, first, `sha1 ${digest('sha1', second)}`)).status).toBe(460);
    expect(await tus.offset(location)).toBe(0);
    expect((await send(0, first, `sha1 ${digest('sha1', first)}`)).offset).toBe(first.length);
    expect(await send(first.length, randomBytes(second.length), `sha256 ${digest('sha256', second)}`)).toMatchObject({
      status: 460,
      problem: 'checksum-mismatch',
    });
    expect(await downloaded('checked.pkg')).toBeNull();
    expect(await tus.offset(location)).toBe(first.length);
    expect((await send(first.length, second, `sha256 ${digest('sha256', second)}`)).offset).toBe(content.length);
    expect(content.equals((await downloaded('checked.pkg'))!)).toBe(true);
    expect((await send(0, first, `md5 ${digest('md5', first)}`)).status).toBe(400);
  });

  it('refuses what is no tus request', async () => {
    const fine = { filename: 'fine.pkg' };
    const answers = {
      'no version': await tus.create(5, fine, { 'tus-resumable': '0.2.2' }),
      'no length': await tus.create(undefined, fine),
      'a negative length': await tus.create(-1, fine),
      'a length that is no number': await tus.create('many', fine),
      'too large': await tus.create(64 * MB + 1, fine),
      'no filename': await tus.create(5, {}),
      'no metadata': await tus.create(5, undefined),
      'bad metadata': await tus.create(5, 'filename !!'),
      'a path': await tus.create(5, { filename: '../evil.pkg' }),
      'a stage that is none': await tus.create(5, { filename: 'fine.pkg', stage: 'Live' }),
      'replace that is neither': await tus.create(5, { filename: 'fine.pkg', replace: 'maybe' }),
      'notes without end': await tus.create(5, { filename: 'fine.pkg', notes: 'x'.repeat(2_001) }),
    };
    const statuses = Object.fromEntries(Object.entries(answers).map(([name, { status }]) => [name, status]));
    expect(statuses).toEqual({
      ...Object.fromEntries(Object.keys(answers).map((name) => [name, 400])),
      'no version': 412,
      'too large': 413,
    });
    expect(answers['no version'].headers.get('tus-version')).toBe('1.0.0');
    const location = await tus.begin('fine.pkg', 5);
    expect((await tus.patch(location, 0, 'hello', { 'content-type': 'application/octet-stream' })).status).toBe(415);
    expect((await tus.patch(location, 0, '"ab"', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await tus.patch(location, '0x0', 'hello')).status).toBe(400);
    expect((await tus.patch(location, 0, 'hello', { 'upload-offset': undefined })).status).toBe(400);
    expect((await tus.patch(location, 0, 'hello', { 'tus-resumable': undefined })).status).toBe(412);
    expect((await tus.send('POST', location)).status).toBe(400);
    expect((await tus.send('POST', location, { 'tus-resumable': '1.0.0', 'x-http-method-override': 'GET' })).status).toBe(400);
    for (const id of ['0'.repeat(32), 'x', '%2e%2e', `${'0'.repeat(31)}g`]) {
      for (const method of ['HEAD', 'DELETE']) expect((await tus.send(method, `/api/admin/upload/resumable/${id}`)).status).toBe(404);
      expect((await tus.patch(`/api/admin/upload/resumable/${id}`, 0, 'hello')).status).toBe(404);
    }
    const override = { 'x-http-method-override': 'PATCH', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    expect((await tus.send('POST', location, override, 'hello')).offset).toBe(5);
  });

  it('belongs to whoever began it, and ends when they say so', async () => {
    const [one, other] = [await token({ name: 'one' }), await token({ name: 'other' })];
    const location = await one.begin('mine.pkg', 10);
    await one.patch(location, 0, 'hello');
    for (const stranger of [other, tus]) {
      expect(await stranger.offset(location)).toBeNull();
      expect((await stranger.patch(location, 5, 'world')).status).toBe(404);
      expect((await stranger.send('DELETE', location)).status).toBe(404);
    }
    expect(stagedOf(location)).toHaveLength(1);
    expect((await one.send('DELETE', location)).status).toBe(204);
    expect(stagedOf(location)).toEqual([]);
    expect(await one.offset(location)).toBeNull();
    const viewer = await token({ name: 'reader', role: 'viewer' });
    expect((await viewer.create(5, { filename: 'x.pkg' })).status).toBe(403);
    const tester = await token({ name: 'tester', stages: ['Dev'] });
    expect(await tester.create(5, { filename: 'x.pkg', stage: 'Prod' })).toMatchObject({ status: 403, problem: 'stage-not-yours' });
    expect((await tester.create(5, { filename: 'x.pkg', stage: 'Dev' })).status).toBe(201);
  });

  it('has one writer; whoever asks where to go on has the older request ended', async () => {
    const content = randomBytes(2 * MB);
    const location = await tus.begin('contested.pkg', content.length);
    let feed!: ReadableStreamDefaultController<Uint8Array>;
    const endless = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
    const stuck = tus.patch(location, 0, endless).then(
      ({ status }) => status,
      () => 'cut',
    );
    feed.enqueue(content.subarray(0, MB + 100));
    await eventually(async () => {
      const second = await tus.patch(location, 0, 'x');
      expect([second.status, second.problem, second.headers.get('retry-after')]).toEqual([423, 'resumable-upload-locked', '2']);
    });
    const received = await eventually(async () => {
      const offset = await tus.offset(location);
      expect(offset).not.toBeNull();
      return offset!;
    });
    expect([503, 'cut']).toContain(await stuck);
    expect((await tus.patch(location, received, content.subarray(received))).offset).toBe(content.length);
    expect(content.equals((await downloaded('contested.pkg'))!)).toBe(true);
  });

  it('expires when it receives nothing', async () => {
    const { manager } = server.app.get(Database);
    const location = await tus.begin('forgotten.pkg', 10);
    const id = location.split('/').at(-1)!;
    await tus.patch(location, 0, 'hello');
    await manager.update(ResumableUpload, { id }, { expiresMs: Date.now() - 1 });
    expect((await tus.send('HEAD', location)).status).toBe(410);
    expect((await tus.patch(location, 5, 'world')).status).toBe(410);
    await server.app.get(SweepResumablesHandler).run();
    expect(await manager.countBy(ResumableUpload, { id })).toBe(0);
    expect(stagedOf(location)).toEqual([]);
    expect((await tus.send('HEAD', location)).status).toBe(404);
  });

  it('says that it is gone when its bytes are', async () => {
    const location = await tus.begin('lost.pkg', 10);
    rmSync(path.join(server.dataDir, 'staging', `resumable-${location.split('/').at(-1)}`));
    expect((await tus.send('HEAD', location)).status).toBe(410);
    expect((await tus.patch(location, 0, 'hello')).status).toBe(410);
  });
});
