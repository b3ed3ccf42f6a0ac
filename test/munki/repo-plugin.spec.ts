import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { someBytes } from '../mesh/packages.js';
import { isLeftOut, requireProgram } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { itemsOf, pkginfo, sha256 } from './repository.js';

const directory = path.join(import.meta.dirname, 'repo-plugin');
const plugin = path.resolve(import.meta.dirname, '../../integrations/munki/ODSRepo.py');

interface Called {
  readonly code: number;
  readonly out: Buffer;
  readonly error: string;
}

(isLeftOut('python3') ? describe.skip : describe)('the repo plugin for the tools of Munki 6', () => {
  const files = scratchDir('repo-plugin');
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await TestServer.start('repo-plugin');
    ({ token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'munkiimport', role: 'publisher' }));
  });
  afterAll(() => server?.dispose());

  interface Call {
    readonly url?: string;
    readonly input?: string | Buffer;
    readonly env?: Record<string, string>;
  }

  const call = (method: string, words: readonly string[], { url = server.url, input = '', env }: Call = {}): Promise<Called> =>
    new Promise((resolve, reject) => {
      const child = execFile(
        requireProgram('python3'),
        [path.join(directory, 'call.py'), plugin, url, method, ...words],
        {
          env: { PYTHONPATH: directory, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...(env ?? { MUNKIREPO_AUTHTOKEN: token }) },
          encoding: 'buffer',
          maxBuffer: 64 << 20,
        },
        (_error, out, error) => {
          if (child.exitCode === null) reject(new Error('The plugin was ended by a signal.'));
          else resolve({ code: child.exitCode, out, error: error.toString() });
        },
      );
      child.stdin!.on('error', () => undefined); // one that fails at once reads nothing
      child.stdin!.end(input);
    });
  const list = async (kind: string): Promise<unknown> => JSON.parse((await call('itemlist', [kind])).out.toString());
  const written = (name: string, content: string | Buffer): string => {
    const file = path.join(files, name);
    writeFileSync(file, content);
    return file;
  };

  it('stores a package and its pkginfo as munkiimport does, and clients find the item at once', async () => {
    const bytes = someBytes(5_000_003);
    const file = written('Über 1.0.pkg', bytes);
    expect(await call('put_from_local_file', ['pkgs/apps/Über 1.0.pkg', file])).toMatchObject({ code: 0, error: '' });
    const item = pkginfo('Über', '1.0', bytes, { installer_item_location: 'apps/Über 1.0.pkg' });
    expect(await call('put', ['pkgsinfo/apps/Über-1.0.plist'], { input: item })).toMatchObject({ code: 0, error: '' });
    expect(await itemsOf(server, 'testing')).toEqual([{ name: 'Über', location: 'apps/Über 1.0.pkg', hash: sha256(bytes) }]);
    expect(await list('pkgs')).toEqual(['apps/Über 1.0.pkg']);
    expect(await list('pkgsinfo')).toEqual(['apps/Über-1.0.plist']);
    expect(await list('catalogs')).toEqual(['all', 'testing']);
    expect((await call('get', ['pkgsinfo/apps/Über-1.0.plist'])).out.toString()).toBe(String(item));
    const back = path.join(files, 'back.pkg');
    expect(await call('get_to_local_file', ['pkgs/apps/Über 1.0.pkg', back])).toMatchObject({ code: 0, error: '' });
    expect(sha256(readFileSync(back))).toBe(sha256(bytes));
  });

  it('reads catalogs as clients get them, and thanks for those that tools write', async () => {
    const catalog = async (): Promise<string> => await (await fetch(`${server.url}/munki/catalogs/all`)).text();
    const before = await catalog();
    expect((await call('get', ['catalogs/all'])).out.toString()).toBe(before);
    for (const name of ['catalogs/all', 'catalogs/other', 'icons/_icon_hashes.plist']) {
      expect(await call('put', [name], { input: 'anything' })).toMatchObject({ code: 0, error: '' });
      expect(await call('delete', [name])).toMatchObject({ code: 0, error: '' });
    }
    expect(await catalog()).toBe(before);
    expect(await list('catalogs')).toEqual(['all', 'testing']);
    expect(await call('get', ['catalogs/none'])).toMatchObject({ code: 1, error: expect.stringContaining('has no file "catalogs/none"') });
  });

  it('lists more files than one answer holds, and the packages of the share among the others', async () => {
    await server.upload('Shared.pkg', 'shared');
    const names = Array.from({ length: 520 }, (_, index) => `m${String(index).padStart(3, '0')}`);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' };
    for (const name of names)
      await fetch(`${server.url}/api/admin/munki/files/manifests%2F${name}`, { method: 'PUT', headers, body: name });
    expect(await list('manifests')).toEqual(names);
    expect(await list('pkgs')).toEqual(['apps/Über 1.0.pkg', 'share/Shared.pkg']);
    expect((await call('get', ['pkgs/share/Shared.pkg'])).out.toString()).toBe('shared');
    for (const [method, ...words] of [
      ['put', 'pkgs/share/Shared.pkg'],
      ['delete', 'pkgs/share/Shared.pkg'],
    ] as const)
      expect(await call(method, words, { input: 'x' })).toMatchObject({
        code: 1,
        error: expect.stringContaining('is a package of the share'),
      });
  });

  it('deletes at every server, and says when there is nothing', async () => {
    expect(await call('delete', ['manifests/m000'])).toMatchObject({ code: 0, error: '' });
    expect(await call('delete', ['manifests/m000'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('status 404: The Munki repository has no file'),
    });
    expect(await list('manifests')).not.toContain('m000');
  });

  it.each([
    ['alone', (secret: string) => secret],
    ['after Bearer', (secret: string) => `Bearer ${secret}`],
    ['as a password after Basic', (secret: string) => `Basic ${Buffer.from(`anybody:${secret}`).toString('base64')}`],
  ])('takes a token %s', async (_how, written) => {
    expect(await call('itemlist', ['icons'], { env: { MUNKIREPO_AUTHTOKEN: written(token) } })).toMatchObject({ code: 0, error: '' });
  });

  it('takes a token from the keychain', async () => {
    const security = written(
      'security',
      `#!/bin/sh\n[ "$*" = "find-generic-password -s Open Distribution Server -a 127.0.0.1 -w" ] && echo "${token}"\n`,
    );
    chmodSync(security, 0o755);
    expect(await call('itemlist', [`security=${security}`, 'icons'], { env: {} })).toMatchObject({ code: 0, error: '' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['none', {}, 'Set MUNKIREPO_AUTHTOKEN'],
    ['Basic without a password', { MUNKIREPO_AUTHTOKEN: 'Basic !!!' }, 'Set MUNKIREPO_AUTHTOKEN'],
    ['one with a line end', { MUNKIREPO_AUTHTOKEN: 'abcdefgh\r\nX: y' }, 'Set MUNKIREPO_AUTHTOKEN'],
    ['another one', { MUNKIREPO_AUTHTOKEN: 'ods_0123456789abcdef' }, 'status 401'],
  ])('says what is wrong with the token: %s', async (_what, env, error) => {
    expect(await call('itemlist', ['icons'], { env })).toMatchObject({ code: 1, error: expect.stringContaining(error) });
  });

  it('says that a token may only read', async () => {
    const made = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'reader', role: 'viewer' });
    const file = written('large.pkg', Buffer.alloc(20 << 20));
    const { code, error } = await call('put_from_local_file', ['pkgs/large.pkg', file], { env: { MUNKIREPO_AUTHTOKEN: made.token } });
    expect([code, error]).toEqual([1, expect.stringMatching(/status 403: |Whether the PUT was done is not known/)]);
    expect(await list('pkgs')).not.toContain('large.pkg');
  });

  it.each([
    ['no address', 'ods.example.com', 'Set repo_url to the address'],
    ['another scheme', 'file:///Users/Shared/munki_repo', 'Set repo_url to the address'],
    ['a user in it', 'https://user@ods.example.com', 'Set repo_url to the address'],
    ['no server there', 'http://127.0.0.1:1', 'ConnectionRefusedError'],
  ])('says what is wrong with the address: %s', async (_what, url, error) => {
    expect(await call('itemlist', ['icons'], { url })).toMatchObject({ code: 1, error: expect.stringContaining(error) });
  });

  it.each(['manifests/../x', '/etc/passwd', 'other/x', 'pkgs', 'manifests/a//b', '.', ''])(
    'stores nothing under the path %j',
    async (name) => {
      expect(await call('put', [name], { input: 'x' })).toMatchObject({ code: 1, error: expect.stringMatching(/status 4\d\d: ./) });
    },
  );

  it('reports a local file that is not there, or is larger than the server takes', async () => {
    const missing = path.join(files, 'missing.pkg');
    expect(await call('put_from_local_file', ['pkgs/missing.pkg', missing])).toMatchObject({
      code: 1,
      error: expect.stringContaining(missing),
    });
    const sparse = written('sparse.pkg', '');
    truncateSync(sparse, 2 ** 42); // more than the server takes
    expect(await call('put_from_local_file', ['pkgs/sparse.pkg', sparse])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/status 413|Whether the PUT was done is not known/),
    });
  });

  // Files of the kernel say another size than they have.
  (process.platform === 'linux' ? it : it.skip).each(['/proc/version', '/sys/kernel/mm/transparent_hugepage/enabled'])(
    'does not store a file that grows or shrinks while it is sent: %s',
    async (file) => {
      expect(await call('put_from_local_file', ['pkgs/unsteady.pkg', file])).toMatchObject({
        code: 1,
        error: expect.stringContaining('pkgs/unsteady.pkg changed while it was sent'),
      });
      expect(await list('pkgs')).not.toContain('unsteady.pkg');
    },
  );

  it('reports a local file that cannot be written', async () => {
    const file = path.join(files, 'no such folder', 'x');
    expect(await call('get_to_local_file', ['pkgs/apps/Über 1.0.pkg', file])).toMatchObject({
      code: 1,
      error: expect.stringContaining(file),
    });
  });

  describe('when the server is another, or the line is bad', () => {
    async function against(answer: RequestListener, words: readonly [string, ...string[]]): Promise<Called> {
      const other = createServer(answer).listen(0, '127.0.0.1');
      try {
        await new Promise((resolve) => other.once('listening', resolve));
        const [method, ...rest] = words;
        return await call(method, rest, { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, input: 'content' });
      } finally {
        other.closeAllConnections();
        other.close();
      }
    }
    const local = path.join(files, 'local');

    it.each<[string, RequestListener, readonly [string, ...string[]], string]>([
      ['is none of ours', (_request, response) => void response.end('<html>'), ['put', 'manifests/x'], 'no Open Distribution Server'],
      ['lists nothing', (_request, response) => void response.end('{}'), ['itemlist', 'pkgs'], 'no Open Distribution Server'],
      ['lists no catalogs', (_request, response) => void response.end('{}'), ['itemlist', 'catalogs'], 'no Open Distribution Server'],
      [
        'redirects',
        (_request, response) => void response.writeHead(302, { location: 'https://other.example.com/' }).end(),
        ['get', 'manifests/x'],
        'redirects are not followed',
      ],
      [
        'stored something else',
        (_request, response) => void response.writeHead(201, { 'content-type': 'application/json' }).end('{"sha256":"00"}'),
        ['put', 'manifests/x'],
        'other bytes',
      ],
      [
        'sends less than it says',
        (_request, response) => {
          response.writeHead(200, { 'content-length': '10' });
          response.write('half', () => response.destroy());
        },
        ['get_to_local_file', 'pkgs/x', local],
        '6 bytes to go',
      ],
      [
        'sends other bytes than it names',
        (_request, response) => void response.writeHead(200, { etag: `"sha256-${'A'.repeat(43)}"` }).end('x'),
        ['get_to_local_file', 'pkgs/x', local],
        'other bytes',
      ],
    ])('that %s', async (_what, answer, words, error) => {
      const called = await against(answer, words);
      expect([called.code, called.error]).toEqual([1, expect.stringMatching(error)]);
      expect(readdirSync(files).filter((name) => name === 'local' || name.startsWith('tmp'))).toEqual([]);
    });
  });
});
