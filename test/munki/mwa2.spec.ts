import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { itemsOf, pkginfo, plist, put, sha256 } from './repository.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Of curl: 22 is a refusal, with `fail`. */
  readonly code: number;
}

interface Call {
  readonly headers?: readonly string[];
  readonly words?: readonly string[];
  readonly method?: string;
  readonly auth?: string;
}

const basic = (password: string): string => `Basic ${Buffer.from(`munki:${password}`).toString('base64')}`;
const asXml = 'Accept: application/xml';
const sendsXml = 'Content-type: application/xml';
const long = (name: string): string => plist({ name, description: 'x'.repeat(2_000), catalogs: ['testing'], installer_type: 'nopkg' });
const newToken = async (server: TestServer, more: Record<string, unknown>): Promise<string> =>
  (await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: crypto.randomUUID(), role: 'publisher', ...more })).token;

describe('the API of MWA2', () => {
  const files = scratchDir('mwa2');
  const dataDir = scratchDir('mwa2-data');
  let server: TestServer;
  let token: string;
  let viewer: string;
  beforeAll(async () => {
    server = await TestServer.start('mwa2', { DATA_DIR: dataDir });
    token = await newToken(server, {});
    viewer = await newToken(server, { role: 'viewer' });
  });
  afterAll(() => server?.dispose());

  const written = (name: string, content: string | Buffer): string => {
    const file = path.join(files, name);
    writeFileSync(file, content);
    return file;
  };

  /** As the plugin of Munki 4 to 6 does: curl with a file of directives. */
  function call(place: string, { headers = [], words = [], method = 'GET', auth = basic(token) }: Call = {}): Promise<Answer> {
    const lines = [
      'silent',
      'show-error',
      'location',
      'globoff',
      'path-as-is',
      `request = ${method}`,
      'write-out = "\\n%{http_code} %{content_type}"',
    ];
    lines.push(...[...headers, ...(auth === '' ? [] : [`Authorization: ${auth}`])].map((line) => `header = "${line}"`));
    const config = written(`curl-${crypto.randomUUID()}`, [...lines, `url = "${server.url}/munki_api/${place}"`, ''].join('\n'));
    return new Promise((resolve) => {
      const child = execFile('curl', ['-q', '--config', config, ...words], { encoding: 'buffer', maxBuffer: 64 << 20 }, (_error, out) => {
        const text = out.toString();
        const end = text.lastIndexOf('\n');
        const [status = '', type = ''] = text.slice(end + 1).split(' ');
        resolve({ status: Number(status), type, text: text.slice(0, end), code: child.exitCode ?? -1 });
      });
    });
  }

  const getJson = async (place: string): Promise<unknown> => JSON.parse((await call(place)).text);
  const putPlist = (place: string, content: string | Buffer, more: Call = {}) =>
    call(place, { method: 'PUT', headers: [sendsXml], words: ['--data-binary', `@${written('content', content)}`], ...more });
  const postFile = (place: string, file: string, more: Call = {}) =>
    call(place, { method: 'POST', words: ['-F', `filedata=@${file}`], ...more });
  const failed = (status: number, type: string) => ({
    status,
    type: expect.stringContaining('application/json'),
    text: expect.stringContaining(`{"result":"failed","exception_type":"${type}"`),
  });
  const staged = (): string[] => readdirSync(path.join(dataDir, 'staging'));

  it('lets an import through, as munkiimport makes it, and clients have the item at once', async () => {
    const bytes = Buffer.alloc(3_000_001, 'installer');
    const file = written('App-1.pkg', bytes);
    expect(await postFile('pkgs/apps/App-1.pkg', file)).toMatchObject({ status: 200, text: '{"filename":"apps/App-1.pkg"}\n' });
    const item = pkginfo('App', '1', bytes, { installer_item_location: 'apps/App-1.pkg' });
    expect(await putPlist('pkgsinfo/apps/App-1.plist', item, { headers: [sendsXml, asXml] })).toMatchObject({
      status: 200,
      type: 'application/xml',
    });
    expect(await itemsOf(server, 'testing')).toEqual([{ name: 'App', location: 'apps/App-1.pkg', hash: sha256(bytes) }]);
    expect((await call('pkgsinfo/apps/App-1.plist', { headers: [asXml] })).text).toBe(item);
    const back = path.join(files, 'back.pkg');
    await call('pkgs/apps/App-1.pkg', { words: ['-o', back, '-r', '0-1999999'] });
    await call('pkgs/apps/App-1.pkg', { words: ['-o', back, '-C', '-'] });
    expect(sha256(readFileSync(back))).toBe(sha256(bytes));
    const trail = await server.ok<{ items: { actor: { name: string } | string; subject: string }[] }>('GET', '/api/admin/audit?limit=20');
    expect(JSON.stringify(trail.items.find(({ subject }) => subject === 'munki/pkgsinfo/apps/App-1.plist'))).toContain('token');
  });

  it('lists names, and contents with what is asked of them', async () => {
    await putPlist('manifests/site_default', plist({ catalogs: ['testing'], managed_installs: ['App'] }));
    await putPlist('manifests/groups/lab', plist({ catalogs: ['production'], note: 'Lab' }));
    await server.upload('Shared.pkg', 'shared bytes');
    const names = await call('pkgsinfo?api_fields=filename', { headers: [asXml] });
    expect(names).toMatchObject({
      status: 200,
      type: 'application/xml',
      text: expect.stringContaining('<string>apps/App-1.plist</string>'),
    });
    expect(await getJson('manifests?api_fields=filename')).toEqual([{ filename: 'groups/lab' }, { filename: 'site_default' }]);
    expect(await getJson('pkgs')).toEqual(['apps/App-1.pkg', 'share/Shared.pkg']);
    expect((await call('pkgs?api_fields=filename', { headers: [asXml] })).text).toContain('<array>\n\t<string>apps/App-1.pkg</string>');
    expect(await getJson('manifests?catalogs=PROD')).toEqual([{ filename: 'groups/lab', catalogs: ['production'], note: 'Lab' }]);
    expect(await getJson('manifests?managed_installs=app&api_fields=filename,catalogs')).toEqual([
      { filename: 'site_default', catalogs: ['testing'] },
    ]);
    expect(await getJson('manifests?nothing=x')).toEqual([]);
    expect(await getJson('catalogs?api_fields=filename&_=1')).toEqual([{ filename: 'all' }, { filename: 'testing' }]);
    expect(await getJson('catalogs?filename=test')).toMatchObject([{ filename: 'testing', contents: [{ name: 'App' }] }]);
    expect(await getJson('catalogs/testing')).toMatchObject([{ name: 'App' }]);
    expect((await call('catalogs/testing', { headers: [asXml] })).text).toBe(
      await (await fetch(`${server.url}/munki/catalogs/testing`)).text(),
    );
    expect(await call('pkgs/share/Shared.pkg')).toMatchObject({ status: 200, text: 'shared bytes' });
  });

  it('takes JSON, with dates, and changes single keys', async () => {
    const json = (place: string, method: string, value: unknown, headers: readonly string[] = []) =>
      call(place, { method, headers: ['Content-Type: application/json', ...headers], words: ['-d', JSON.stringify(value)] });
    const item = { name: 'Json', installer_type: 'nopkg', creation_date: '2026-11-28T05:00:00', number: 3, share: 1.5, $odd: { $x: 'y' } };
    expect(await json('pkgsinfo', 'POST', { filename: 'Json.plist', ...item })).toMatchObject({ status: 201 });
    expect((await call('pkgsinfo/Json.plist', { headers: [asXml] })).text).toContain('<date>2026-11-28T05:00:00Z</date>');
    expect(await json('pkgsinfo/Json.plist', 'POST', item)).toMatchObject(failed(409, 'FileAlreadyExistsError'));
    expect(await json('pkgsinfo/Other.plist', 'POST', { filename: 'Json.plist' })).toMatchObject(failed(400, 'AmbiguousResourceName'));
    expect(await json('pkgsinfo', 'POST', item)).toMatchObject(failed(400, 'NoResourceName'));
    expect(await json('pkgsinfo/Json.plist', 'PATCH', { catalogs: ['testing'], number: 4 })).toMatchObject({ status: 200 });
    expect(await json('pkgsinfo/Json.plist', 'POST', { version: '2' }, ['X-METHODOVERRIDE: patch'])).toMatchObject({ status: 200 });
    expect(await getJson('pkgsinfo/Json.plist')).toEqual({
      ...item,
      creation_date: '2026-11-28T05:00:00Z',
      number: 4,
      catalogs: ['testing'],
      version: '2',
    });
    expect(await json('pkgsinfo/none.plist', 'PATCH', { a: 'b' })).toMatchObject(failed(404, 'FileDoesNotExistError'));
    expect(await json('pkgsinfo', 'PUT', item)).toMatchObject(failed(400, 'WrongHTTPMethodType'));
    expect(await json('pkgsinfo/Json.plist', 'PUT', { a: null })).toMatchObject(failed(400, 'BadRequest'));
    expect(await json('manifests/new', 'POST', {})).toMatchObject({ status: 201 });
  });

  it('loses no key when several change a file at the same time', async () => {
    await putPlist('manifests/busy', plist({ note: 'first' }));
    const keys = ['a', 'b', 'c'];
    const answers = await Promise.all(
      keys.map((key) => call('manifests/busy', { method: 'PATCH', words: ['-d', JSON.stringify({ [key]: key })] })),
    );
    const stored = (await getJson('manifests/busy')) as Record<string, string>;
    for (const [at, { status }] of answers.entries()) {
      expect([200, 409]).toContain(status);
      if (status === 200) expect(stored[keys[at]!]).toBe(keys[at]);
    }
  });

  it('deletes, and never all at once', async () => {
    await putPlist('manifests/gone', plist({ note: 'x' }));
    expect(await call('manifests/gone', { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect(await call('manifests/gone', { method: 'DELETE' })).toMatchObject(failed(404, 'FileDoesNotExistError'));
    expect(await call('manifests/gone', { headers: [asXml] })).toMatchObject(failed(404, 'FileDoesNotExistError'));
    await putPlist('manifests/gone', plist({ note: 'x' }));
    expect(await call('manifests/gone', { method: 'POST', headers: ['X-METHODOVERRIDE: DELETE'] })).toMatchObject({ status: 204 });
    for (const kind of ['catalogs', 'manifests', 'pkgsinfo', 'pkgs', 'icons'])
      expect(await call(kind, { method: 'DELETE' })).toMatchObject(failed(403, 'MassDeleteNotSupported'));
    // It is for POST alone.
    expect(await call('manifests/site_default', { headers: ['X-METHODOVERRIDE: DELETE'] })).toMatchObject({ status: 200 });
  });

  it('takes raw bodies of every type, as Munki 7 sends them, and replaces with PUT only', async () => {
    const file = written('raw', 'first bytes');
    for (const type of [
      'application/octet-stream',
      'application/x-www-form-urlencoded',
      'application/json',
      'no type at all',
      'multipart/form-data',
    ])
      expect(await call('pkgs/raw.pkg', { method: 'PUT', headers: [`Content-Type: ${type}`], words: ['-T', file] })).toMatchObject({
        status: 200,
        text: '{"filename":"raw.pkg"}\n',
      });
    expect(await postFile('pkgs/raw.pkg', file)).toMatchObject({ status: 200 });
    expect(await postFile('pkgs/raw.pkg', written('raw2', 'other'))).toMatchObject(failed(409, 'FileAlreadyExistsError'));
    expect(await call('pkgs/raw.pkg', { method: 'PUT', words: ['-T', path.join(files, 'raw2')] })).toMatchObject({ status: 200 });
    expect((await call('pkgs/raw.pkg')).text).toBe('other');
    expect(await call('pkgs', { method: 'POST', words: ['-F', `filedata=@${file}`, '-F', 'filename=by field.pkg'] })).toMatchObject({
      status: 200,
      text: '{"filename":"by field.pkg"}\n',
    });
    expect(await call('pkgs/raw.pkg', { method: 'PATCH' })).toMatchObject(failed(405, 'NotAllowed'));
    expect(await call('pkgs/raw.pkg', { method: 'DELETE' })).toMatchObject({ status: 204 });
  });

  it('refuses what has lost its line breaks on the way, and says what to use', async () => {
    const file = written('long.plist', long('Long'));
    const flat = await call('pkgsinfo/Long.plist', { method: 'PUT', headers: [sendsXml], words: ['-d', `@${file}`] });
    expect(flat).toMatchObject(failed(422, 'MunkiFileFlattened'));
    expect(flat.text).toMatch(/ODSRepo\.py \(docs\/munki\.md\)/);
    expect(await putPlist('pkgsinfo/Long.plist', long('Long'))).toMatchObject({ status: 200 });
    const short = written('short.plist', plist({ name: 'Short', installer_type: 'nopkg' }));
    expect(await call('pkgsinfo/Short.plist', { method: 'PUT', headers: [sendsXml], words: ['-d', `@${short}`] })).toMatchObject({
      status: 200,
    });
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(500, 1)]);
    const icon = written('icon.png', png);
    expect(await call('icons/App.png', { method: 'PUT', words: ['-d', `@${icon}`] })).toMatchObject(failed(422, 'MunkiFileFlattened'));
    expect(await call('icons/App.png')).toMatchObject({ status: 404 });
    expect(await postFile('icons/App.png', icon)).toMatchObject({ status: 200 });
    expect(await getJson('icons')).toEqual(['App.png']);
    expect((await call('icons/_icon_hashes.plist')).text).toContain(sha256(png));
  });

  it('thanks for what is made by the servers themselves, and keeps none of it', async () => {
    const before = await (await fetch(`${server.url}/munki/catalogs/all`)).text();
    for (const place of ['catalogs/all', 'catalogs/other', 'icons/_icon_hashes.plist']) {
      expect(await putPlist(place, long('x'))).toMatchObject({ status: 200 });
      expect(await postFile(place, written('x', 'x'))).toMatchObject({ status: 201 });
      expect(await call(place, { method: 'DELETE' })).toMatchObject({ status: 204 });
    }
    expect(await putPlist('catalogs/all', Buffer.alloc(20 << 20, 'x'))).toMatchObject({ status: 200 }); // large catalogs there are
    expect(await (await fetch(`${server.url}/munki/catalogs/all`)).text()).toBe(before);
    expect(await call('catalogs/other')).toMatchObject(failed(404, 'FileDoesNotExistError'));
  });

  it('takes tokens of ODS only, and lets each do what it may', async () => {
    for (const auth of [
      '',
      basic(ADMIN.password),
      basic(`ods_${'x'.repeat(43)}`),
      `Bearer ods_${'x'.repeat(43)}`,
      'Basic !',
      `Basic ${'A'.repeat(2_000)}`,
    ]) {
      const answer = await call('manifests', { auth, words: ['-D', path.join(files, 'head')] });
      expect([auth, answer]).toEqual([auth, expect.objectContaining(failed(401, 'Mwa2TokenNeeded'))]);
      expect(readFileSync(path.join(files, 'head'), 'utf8')).toMatch(/www-authenticate: Basic realm="ODS"/i);
      expect(answer.text).toContain('Send an access token of ODS');
    }
    expect((await call('manifests', { auth: basic(ADMIN.password) })).text).toContain('Passwords of accounts are not taken here.');
    expect(await call('manifests', { auth: `Bearer ${token}` })).toMatchObject({ status: 200 });
    expect(await call('manifests', { auth: basic(viewer) })).toMatchObject({ status: 200 });
    const staged = await newToken(server, { stages: ['Dev'] });
    for (const [auth, type] of [
      [basic(viewer), 'RoleTooLow'],
      [basic(staged), 'StageNotYours'],
    ] as const) {
      const writes = await Promise.all([
        putPlist('manifests/no', plist({ a: 'b' }), { auth }),
        putPlist('catalogs/all', plist({ a: 'b' }), { auth }),
        call('manifests', { method: 'POST', words: ['-d', '{"filename":"no"}'], auth }),
        call('manifests/site_default', { method: 'PATCH', words: ['-d', '{"a":"b"}'], auth }),
        call('manifests/site_default', { method: 'DELETE', auth }),
        call('manifests/site_default', { method: 'POST', headers: ['X-METHODOVERRIDE: DELETE'], auth }),
        postFile('pkgs/no.pkg', written('no', 'no'), { auth }),
        call('icons/no.png', { method: 'PUT', words: ['-T', written('no', 'no')], auth }),
      ]);
      for (const answer of writes) expect(answer).toMatchObject(failed(403, type));
    }
    const crossed = ['Sec-Fetch-Site: cross-site'];
    expect(await call('manifests/site_default', { method: 'DELETE', headers: crossed })).toMatchObject(failed(403, 'CrossSiteRequest'));
    // A browser says nothing of the site to a server without TLS but Origin, and adds the password that it was given.
    for (const origin of ['http://evil.example', 'null']) {
      const answer = await call('manifests/site_default', { method: 'DELETE', headers: [`Origin: ${origin}`] });
      expect(answer).toMatchObject(failed(403, 'CrossSiteRequest'));
    }
    expect(await getJson('manifests?filename=site')).toHaveLength(1);
    const own = [`Origin: ${server.url}`];
    expect(await call('manifests?filename=site', { headers: own })).toMatchObject({ status: 200 });
  });

  it('answers HEAD as GET, without a body, whoever may read', async () => {
    const devOnly = await newToken(server, { stages: ['Dev'] });
    for (const auth of [basic(token), basic(viewer), basic(devOnly)]) {
      const answers = await Promise.all(
        ['manifests', 'manifests/site_default', 'pkgs', 'catalogs/all'].map((place) =>
          call(place, { words: ['--head'], method: 'HEAD', auth }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
  });

  it('takes many changes within a short time when they are meant, by PUT and PATCH as well', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `pkgsinfo/mass/Mass-${index}.plist`);
    for (const name of names) await putPlist(name, long(name));
    const change = (name: string, query = '') => putPlist(`${name}${query}`, long(`${name} changed`));
    const refused: string[] = [];
    for (const name of names) if ((await change(name)).status === 409) refused.push(name);
    expect(refused.length).toBeGreaterThan(0);
    const [first, second] = refused as [string, string];
    expect(await change(first, '?confirm=true')).toMatchObject({ status: 200 });
    const json = { method: 'PATCH', headers: ['Content-Type: application/json'], words: ['-d', '{"developer":"x"}'] };
    expect(await call(second, json)).toMatchObject({ status: 409 });
    expect(await call(`${second}?confirm=true`, json)).toMatchObject({ status: 200 });
  });

  it('stores nothing that it could not read again', async () => {
    const numbers = JSON.stringify({ name: 'Large', numbers: Array.from({ length: 49_000 }, () => 7) });
    const answer = await call('pkgsinfo/Large.plist', {
      method: 'PUT',
      headers: ['Content-Type: application/json'],
      words: ['--data-binary', `@${written('large', numbers)}`],
    });
    expect(answer).toMatchObject(failed(413, 'FileTooLarge'));
    expect(await call('pkgsinfo/Large.plist')).toMatchObject({ status: 404 });
  });

  it('writes nothing below pkgs/share', async () => {
    for (const place of ['pkgs/share/Shared.pkg', 'pkgs/SHARE/Shared.pkg']) {
      expect(await postFile(place, written('x', 'x'))).toMatchObject(failed(403, 'MunkiShareReadOnly'));
      expect(await call(place, { method: 'PUT', words: ['-T', path.join(files, 'x')] })).toMatchObject(failed(403, 'MunkiShareReadOnly'));
      expect(await call(place, { method: 'DELETE' })).toMatchObject(failed(403, 'MunkiShareReadOnly'));
    }
    const byField = await call('pkgs', { method: 'POST', words: ['-F', `filedata=@${written('x', 'x')}`, '-F', 'filename=share/x.pkg'] });
    expect(byField).toMatchObject(failed(403, 'MunkiShareReadOnly'));
  });

  it.each([
    '../../etc/passwd',
    '%2e%2e/%2e%2e/etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    'a/../../b',
    '.hidden',
    'a/.hidden',
    'a%00b',
    'a%0ab',
    'a//b',
    'a%5cb',
    'x'.repeat(300),
    Array.from({ length: 12 }, () => 'a').join('/'),
    'con',
    '%ff%fe',
  ])('stores nothing under %s', async (name) => {
    const file = written('evil', long('Evil'));
    for (const kind of ['pkgsinfo', 'manifests', 'pkgs', 'icons']) {
      const before = await getJson(kind);
      const answers = [
        await putPlist(`${kind}/${name}`, long('Evil')),
        await postFile(`${kind}/${name}`, file),
        await call(`${kind}/${name}`),
      ];
      expect([answers.map(({ status }) => status), answers.every(({ status }) => status >= 400 && status < 500)]).toEqual([
        expect.anything(),
        true,
      ]);
      expect(await getJson(kind)).toEqual(before);
    }
  });

  it('refuses bodies that are nothing, too much or broken, and keeps nothing of them', async () => {
    expect(await call('manifests/empty', { method: 'PUT', headers: [sendsXml] })).toMatchObject(failed(400, 'NoRequestBody'));
    expect(await putPlist('manifests/empty', plist({}))).toMatchObject(failed(400, 'NoRequestBody'));
    expect(await putPlist('manifests/empty', '<plist><array/></plist>')).toMatchObject(failed(400, 'BadRequest'));
    expect(await putPlist('manifests/empty', '<!DOCTYPE plist [<!ENTITY a "b">]>\n<plist><dict/></plist>')).toMatchObject(
      failed(400, 'BadRequest'),
    );
    expect(await putPlist('manifests/empty', 'no list')).toMatchObject(failed(400, 'BadRequest'));
    expect(await call('manifests/empty', { method: 'PUT', words: ['-d', '{"a":'] })).toMatchObject(failed(400, 'JsonRefused'));
    expect(await putPlist('manifests/empty', Buffer.alloc(20 << 20, 'x\n'))).toMatchObject(failed(413, 'BodyTooLarge'));
    expect(await call('pkgs/empty.pkg', { method: 'PUT' })).toMatchObject(failed(400, 'BadRequest'));
    expect(await call('pkgs/empty.pkg', { method: 'POST' })).toMatchObject({ status: 400 });
    // curl sends a form of another type with -d: it has no parts.
    expect(await call('pkgs/x.pkg', { method: 'POST', words: ['-d', 'filedata=x'] })).toMatchObject(failed(400, 'UploadMalformed'));
    expect(await call('pkgs/x.pkg', { method: 'POST', words: ['-F', `file=@${written('x', 'x')}`] })).toMatchObject(
      failed(400, 'UploadMalformed'),
    );
    const broken = [
      '-H',
      'Content-Type: multipart/form-data; boundary=b',
      '--data-binary',
      '--b\r\nContent-Disposition: form-data; name="filedata"; filename="x"\r\n\r\nno end',
    ];
    expect(await call('pkgs/x.pkg', { method: 'POST', words: broken })).toMatchObject(failed(400, 'UploadMalformed'));
    expect(await call('pkgs/x.pkg')).toMatchObject({ status: 404 });
    expect(await call('manifests/empty')).toMatchObject({ status: 404 });
    expect(staged()).toEqual([]);
  });

  it('asks for a body only when it is wanted', async () => {
    const begin = async (place: string, auth: string): Promise<{ text: () => string; end: () => void }> => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      let text = '';
      socket.on('data', (piece: Buffer) => (text += piece.toString()));
      await once(socket, 'connect');
      socket.write(
        `PUT /munki_api/${place} HTTP/1.1\r\nHost: x\r\nAuthorization: ${auth}\r\nExpect: 100-continue\r\nContent-Length: 3000000000\r\n\r\n`,
      );
      return { text: () => text, end: () => socket.destroy() };
    };
    for (const [place, auth, line] of [
      ['pkgs/big.pkg', basic('ods_wrong'), 'HTTP/1.1 401'],
      ['pkgs/.big.pkg', basic(token), 'HTTP/1.1 400'],
      ['pkgs/share/big.pkg', basic(token), 'HTTP/1.1 403'],
      ['pkgs/big.pkg', basic(token), 'HTTP/1.1 100'],
    ] as const) {
      const { text, end } = await begin(place, auth);
      await eventually(() => expect(text()).toContain('HTTP/1.1'));
      expect([place, text().split('\r\n')[0]]).toEqual([place, expect.stringContaining(line)]);
      expect(/^connection: close/im.test(text())).toBe(!line.endsWith('100'));
      end();
    }
    await eventually(() => expect(staged()).toEqual([]));
  });

  it('keeps nothing of an upload whose client is killed', async () => {
    const body = `--b\r\nContent-Disposition: form-data; name="filedata"; filename="x"\r\n\r\n${'x'.repeat(100_000)}`;
    for (const [method, type] of [
      ['POST', 'multipart/form-data; boundary=b'],
      ['PUT', 'application/octet-stream'],
    ]) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(
        `${method} /munki_api/pkgs/killed.pkg HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(token)}\r\nContent-Type: ${type}\r\nContent-Length: 90000000\r\n\r\n${body}`,
      );
      await eventually(() => expect(staged()).toHaveLength(1));
      socket.destroy();
      await eventually(() => expect(staged()).toEqual([]));
    }
    expect(await call('pkgs/killed.pkg')).toMatchObject({ status: 404 });
  });

  it('is no page of the console, and no path of it leads elsewhere', async () => {
    for (const place of ['munki_api', 'munki_api/', 'munki_api/nothing', 'munki_api/client_resources/x.zip']) {
      const answer = await fetch(`${server.url}/${place}`, { headers: { accept: 'text/html', authorization: basic(token) } });
      expect([place, answer.status]).toEqual([place, 404]);
      await answer.body?.cancel();
    }
    const content = `file ${createHash('sha256').update('x').digest('hex')}`;
    await put(server, 'client_resources/custom.zip', content);
    expect(await getJson('manifests?filename=custom')).toEqual([]);
  });
});

describe('the API of MWA2 at one of two servers', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b']);
  });
  afterAll(() => cluster?.dispose());

  it('writes what clients of the other one get', async () => {
    const [a, b] = [cluster.at(0), cluster.at(1)];
    const authorization = basic(await newToken(a, {}));
    const send = (place: string, body: string) =>
      fetch(`${a.url}/munki_api/${place}`, { method: 'PUT', headers: { authorization, 'content-type': 'application/xml' }, body });
    expect((await send('pkgs/App-1.pkg', 'bytes')).status).toBe(200);
    expect((await send('pkgsinfo/App-1.plist', pkginfo('App', '1', 'bytes'))).status).toBe(200);
    await eventually(async () => expect((await itemsOf(b, 'testing')).map(({ name }) => name)).toEqual(['App']));
  });
});
