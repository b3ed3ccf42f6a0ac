import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { requireProgram } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

interface Answer {
  readonly status: number;
  readonly body: { readonly detail?: string; readonly stage?: string; readonly errors?: readonly { pointer: string; detail: string }[] };
}

const CONTENT = 'the installer, é=\n'.repeat(40);

/** What a form says about itself is honoured or refused, and nothing of what was refused is kept. */
describe('forms in the field', () => {
  let server: TestServer;
  let token: string;
  let file: string;
  beforeAll(async () => {
    server = await TestServer.start('field-forms');
    token = await server.login();
    file = path.join(scratchDir('forms'), 'app.pkg');
    writeFileSync(file, CONTENT);
  });
  afterAll(() => server.dispose());

  const isPublic = async (name: string): Promise<boolean> => (await fetch(`${server.url}/share/${encodeURIComponent(name)}`)).ok;

  function curl(...args: string[]): Answer {
    const all = ['-sS', '-w', '\n%{http_code}', '-H', `Authorization: Bearer ${token}`, ...args, `${server.url}/api/admin/upload`];
    const { stdout, stderr, status } = spawnSync(requireProgram('curl'), all, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const lines = stdout.split('\n');
    return { status: Number(lines.pop()), body: JSON.parse(lines.join('\n')) as Answer['body'] };
  }

  const named = (parameters: string): Promise<Response> =>
    fetch(`${server.url}/api/admin/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=X' },
      body: `--X\r\nContent-Disposition: form-data; name="file"; ${parameters}\r\n\r\nx\r\n--X--\r\n`,
    });

  it.each(['base64', 'quoted-printable'])('refuses a file that curl encoded in %s, and names the header', async (encoder) => {
    const { status, body } = curl('-F', `file=@${file};filename=${encoder}.pkg;encoder=${encoder}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining('Content-Transfer-Encoding')]);
    expect(await isPublic(`${encoder}.pkg`)).toBe(false);
  });

  it.each(['binary', '8bit'])('takes a file that is marked as %s, which changes nothing', async (encoder) => {
    expect(curl('-F', `file=@${file};filename=${encoder}.pkg;encoder=${encoder}`).status).toBe(201);
    expect((await server.downloaded(`${encoder}.pkg`)).toString()).toBe(CONTENT);
  });

  it('refuses a form that is compressed as a whole, and one that is a part of a file', async () => {
    const body = Buffer.from(`--X\r\nContent-Disposition: form-data; name="file"; filename="packed.pkg"\r\n\r\n${CONTENT}\r\n--X--\r\n`);
    const send = (headers: Record<string, string>, bytes: Buffer<ArrayBuffer>) =>
      fetch(`${server.url}/api/admin/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=X', ...headers },
        body: bytes,
      });
    for (const [headers, bytes, named] of [
      [{ 'content-encoding': 'gzip' }, gzipSync(body), 'Content-Encoding'],
      [{ 'content-encoding': 'br' }, body, 'Content-Encoding'],
      [{ 'content-range': 'bytes 0-9/20' }, body, 'Content-Range'],
    ] as [Record<string, string>, Buffer<ArrayBuffer>, string][]) {
      const answer = await send(headers, bytes);
      expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining(named)]);
    }
    expect(await isPublic('packed.pkg')).toBe(false);
  });

  it('refuses a second file instead of publishing the first alone', async () => {
    expect(curl('-F', `file=@${file};filename=one.pkg`, '-F', `file=@${file};filename=two.pkg`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('one file at a time') },
    });
    expect([await isPublic('one.pkg'), await isPublic('two.pkg')]).toEqual([false, false]);
  });

  it('honours fields after the file, and refuses what is wrong there', async () => {
    expect(curl('-F', `file=@${file};filename=after.pkg`, '-F', 'stage=Prod', '-F', 'notes=für alle')).toMatchObject({
      status: 201,
      body: { stage: 'Prod', notes: 'für alle' },
    });
    expect(curl('-F', `file=@${file};filename=wrong.pkg`, '-F', `sha256=${'0'.repeat(64)}`).status).toBe(400);
    expect(curl('-F', `file=@${file};filename=wrong.pkg`, '-F', 'stage=Production').status).toBe(400);
    expect(await isPublic('wrong.pkg')).toBe(false);
  });

  it.each([
    ['Stage=Test', 'stage'],
    ['STAGE=Test', 'stage'],
    ['stgae=Test', 'stage'],
    ['sha-256=0', 'sha256'],
    ['SHA256=0', 'sha256'],
    ['Replace=true', 'replace'],
    ['overwrite=true', null],
    ['note=x', 'notes'],
    ['file_name=x', null],
  ])('refuses the field %s before or after the file, and says which one was meant', async (pair, meant) => {
    for (const fields of [
      ['-F', pair, '-F', `file=@${file};filename=typo.pkg`],
      ['-F', `file=@${file};filename=typo.pkg`, '-F', pair],
    ]) {
      const { status, body } = curl(...fields);
      const said = meant === null ? 'Known: stage, notes, replace, confirm, sha256.' : `Did you mean "${meant}"?`;
      expect([status, body.errors?.[0]]).toEqual([400, { pointer: `/${pair.split('=')[0]!}`, detail: expect.stringContaining(said) }]);
    }
    expect(await isPublic('typo.pkg')).toBe(false);
  });

  it.each([
    ['filename="B_ro.pkg"; filename*=UTF-8\'\'B%C3%BCro%201.pkg', 'Büro 1.pkg'],
    ['filename*=utf-8\'de\'B%c3%bcro%202.pkg; filename="B?ro.pkg"', 'Büro 2.pkg'],
    ["filename*=iso-8859-1''B%FCro%203.pkg", 'Büro 3.pkg'],
    ['FileName="plain.pkg"', 'plain.pkg'],
    ['filename="a%22b.pkg"', 'a%22b.pkg'],
  ])('takes the name of %s', async (parameters, filename) => {
    const answer = await named(parameters);
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ filename })]);
  });

  it.each([
    ['filename="one.pkg"; filename="two.pkg"', 'filename twice'],
    ['filename="one.pkg"; Filename=two.pkg', 'filename twice'],
    ["filename*=UTF-8''a.pkg; filename*=UTF-8''b.pkg", 'filename* twice'],
    ['name="other"; filename="one.pkg"', 'name twice'],
    ["filename*=UTF-8''B%FCro.pkg", 'cannot be read'],
    ['filename="x.pkg"; filename*=klingon\'\'B.pkg', 'cannot be read'],
    ['filename="x.pkg"; filename*=y.pkg', 'cannot be read'],
    ['filename="x.pkg"; filename*=UTF-8\'\'..%2Fy.pkg', 'must not contain'],
  ])('refuses a file of which it is said %s', async (parameters, said) => {
    const answer = await named(parameters);
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining(said)]);
    expect([await isPublic('one.pkg'), await isPublic('x.pkg')]).toEqual([false, false]);
  });

  it('refuses names that are not in UTF-8, as old programs on Windows send them', async () => {
    const body = Buffer.concat([
      Buffer.from('--X\r\nContent-Disposition: form-data; name="file"; filename="B'),
      Buffer.from([0xfc]),
      Buffer.from('ro.pkg"\r\n\r\nx\r\n--X--\r\n'),
    ]);
    const answer = await fetch(`${server.url}/api/admin/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'multipart/form-data; boundary=X' },
      body,
    });
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining('UTF-8')]);
  });
});
