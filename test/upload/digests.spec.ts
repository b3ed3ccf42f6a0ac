import { createHash } from 'node:crypto';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { metadataOf, TusCaller } from './tus-caller.js';

const PASSWORD = 'vermilion otter teapot';
const boundary = '----ods-digest';
const content = 'the content of the package';
const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="NAME"\r\n\r\n${content}\r\n--${boundary}--\r\n`;
const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('base64');

describe('the digest of an upload', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const upload = async (
    name: string,
    headers: (text: string) => Record<string, string>,
    fields = '',
  ): Promise<[number, string | undefined]> => {
    const text = fields + body.replace('NAME', name);
    const answer = await fetch(`${server.url}/api/admin/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers(text) },
      body: text,
    });
    const { type } = (await answer.json()) as { type?: string };
    return [answer.status, type?.replace('urn:ods:problem:', '')];
  };
  const field = (name: string, value: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const isThere = async (name: string): Promise<boolean> => (await fetch(`${server.url}/share/${name}`, { method: 'HEAD' })).ok;

  it.each([
    ['content-digest', 'sha-256', 'sha256'],
    ['content-digest', 'sha-512', 'sha512'],
    ['repr-digest', 'sha-256', 'sha256'],
  ])('in %s is verified with %s', async (header, name, algorithm) => {
    const file = `${header}-${name}.pkg`;
    expect(await upload(file, (text) => ({ [header]: `${name}=:${digest(algorithm, `${text}x`)}:` }))).toEqual([400, 'digest-mismatch']);
    expect(await isThere(file)).toBe(false);
    expect(await upload(file, (text) => ({ [header]: `unknown=:YQ==:, ${name}=:${digest(algorithm, text)}:` }))).toEqual([201, undefined]);
    expect(await isThere(file)).toBe(true);
  });

  it('must fit in every algorithm and header that is known', async () => {
    const right = (text: string) => `sha-256=:${digest('sha256', text)}:`;
    const wrong = `sha-512=:${digest('sha512', 'x')}:`;
    expect(await upload('both.pkg', (text) => ({ 'content-digest': `${right(text)}, ${wrong}` }))).toEqual([400, 'digest-mismatch']);
    expect(await upload('both.pkg', (text) => ({ 'content-digest': right(text), 'repr-digest': wrong }))).toEqual([400, 'digest-mismatch']);
    expect(await upload('both.pkg', () => ({ 'content-digest': 'sha-256=:YQ==:' }))).toEqual([400, 'digest-mismatch']);
    expect(await isThere('both.pkg')).toBe(false);
  });

  it.each(['sha-256', 'sha-256=abc', 'sha-256=:!:', ':YQ==:', ''])('in the form %j is refused', async (value) => {
    expect(await upload('form.pkg', () => ({ 'content-digest': value }))).toEqual([400, 'upload-malformed']);
  });

  it('in X-Checksum-Sha1 is of a file, and so is not compared with a form', async () => {
    expect(await upload('x-checksum.pkg', () => ({ 'x-checksum-sha1': digest('sha1', 'x') }))).toEqual([201, undefined]);
    expect(await upload('md5.pkg', (text) => ({ 'content-md5': digest('md5', `${text}x`) }))).toEqual([400, 'digest-mismatch']);
    expect(await upload('md5.pkg', (text) => ({ 'content-md5': digest('md5', text) }))).toEqual([201, undefined]);
  });

  it('can stand in the form, for the file alone', async () => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const none = () => ({});
    expect(await upload('field.pkg', none, field('sha256', 'a'.repeat(64)))).toEqual([400, 'digest-mismatch']);
    expect(await upload('field.pkg', none, field('sha256', 'abc'))).toEqual([400, 'invalid-request']);
    expect(await upload('field.pkg', none, field('sha256', sha256.toUpperCase()))).toEqual([201, undefined]);
  });

  it('can stand in the metadata of a resumable upload', async () => {
    const tus = new TusCaller(server, admin.token);
    const send = async (sha256: string): Promise<[number, string | null]> => {
      const metadata = metadataOf({ filename: 'resumable.pkg', sha256 });
      const { status, problem } = await tus.create(5, metadata, { 'content-type': 'application/offset+octet-stream' }, 'hello');
      return [status, problem];
    };
    expect(await send('b'.repeat(64))).toEqual([400, 'digest-mismatch']);
    expect(await isThere('resumable.pkg')).toBe(false);
    expect(await send(createHash('sha256').update('hello').digest('hex'))).toEqual([201, null]);
  });
});
