import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { HostileProxy } from '../support/hostile-proxy.js';
import { freePort, isLeftOut, scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { fileOf, processors, type Ran, runProcessor } from './processors.js';

const MIB = 2 ** 20;

(isLeftOut('python3') ? describe.skip : describe)('the AutoPkg processors', () => {
  let server: TestServer;
  let account: { ODS_URL: string; ODS_TOKEN: string };
  const files = scratchDir('autopkg');

  const write = (name: string, content: string | Uint8Array): string => {
    const file = path.join(files, name);
    writeFileSync(file, content);
    return file;
  };
  const tokenOf = async (role: string): Promise<string> =>
    String((await server.ok('POST', '/api/admin/tokens', { name: `autopkg ${role}`, role }))['token']);
  const packageOf = (name: string): Promise<Record<string, unknown>> =>
    server.ok('GET', `/api/admin/packages/${encodeURIComponent(name)}?by=name`);
  const upload = (inputs: Record<string, string>, environment: Record<string, string> = account): Promise<Ran> =>
    runProcessor('ODSPackageUploader', inputs, environment);
  const failsWith = (ran: Ran, sentence: string | RegExp): void => {
    expect(ran).toMatchObject({
      code: 10,
      log: sentence instanceof RegExp ? expect.stringMatching(sentence) : expect.stringContaining(sentence),
    });
  };

  beforeAll(async () => {
    server = await TestServer.start('autopkg', { STAGE: 'Prod', MAX_UPLOAD_BYTES: '100M' });
    account = { ODS_URL: server.url, ODS_TOKEN: await tokenOf('publisher') };
  });
  afterAll(() => server.dispose());

  it('are each one file that shares its lines with the others, and declares no variable with a secret', () => {
    const shared = processors.map(
      (name) => /# Begin of the shared lines\.\n[^]*# End of the shared lines\.\n/.exec(readFileSync(fileOf(name), 'utf8'))?.[0],
    );
    expect(shared[0]).toContain('class Server');
    expect(new Set(shared).size).toBe(1);
    for (const name of processors) expect(readFileSync(fileOf(name), 'utf8')).not.toMatch(/"ODS_TOKEN": \{/); // AutoPkg prints and keeps inputs
  });

  describe('ODSPackageUploader', () => {
    it('uploads, then finds the same content there and sends nothing', async () => {
      const content = someBytes(3 * MIB + 17);
      const inputs = {
        pkg_path: write('Bü cher%20-1.2.pkg', content),
        version: '1.2',
        ods_stage: 'prod',
        ods_notes: 'from AutoPkg',
        ods_wait_for: 'here',
      };
      const first = await upload(inputs);
      expect(first).toMatchObject({
        code: 0,
        env: {
          ods_pkg_uploaded: true,
          ods_pkg_status: 'Public',
          ods_sha256: sha256(content),
          pkg_name: 'Bü cher%20-1.2.pkg',
          ods_missing_at: [],
        },
      });
      expect(first.env['ods_package_uploader_summary_result']).toMatchObject({
        report_fields: ['name', 'version', 'stage', 'status', 'size', 'sha256'],
        data: { name: 'Bü cher%20-1.2.pkg', version: '1.2', stage: 'Prod', sha256: sha256(content) },
      });
      expect(await packageOf('Bü cher%20-1.2.pkg')).toMatchObject({ stage: 'Prod', notes: 'from AutoPkg' });
      expect(sha256(new Uint8Array(await (await fetch(String(first.env['ods_pkg_url']))).arrayBuffer()))).toBe(sha256(content));

      const again = await upload({ ...inputs, ods_stage: 'Dev', ods_package_uploader_summary_result: 'of another recipe' });
      expect(again).toMatchObject({
        code: 0,
        env: { ods_pkg_uploaded: false, pkg_name: 'Bü cher%20-1.2.pkg', ods_sha256: sha256(content) },
      });
      expect(again.log).toContain('nothing is sent');
      expect(again.env).not.toHaveProperty('ods_package_uploader_summary_result');
      expect(await packageOf('Bü cher%20-1.2.pkg')).toMatchObject({ stage: 'Prod' });
    });

    it('takes a name in any normal form of Unicode for the same', async () => {
      const content = someBytes(100);
      expect((await upload({ pkg_path: write('nfc.pkg', content), pkg_name: 'Müller.pkg'.normalize('NFD') })).env).toMatchObject({
        pkg_name: 'Müller.pkg',
      });
      expect((await upload({ pkg_path: write('nfc.pkg', content), pkg_name: 'Müller.pkg' })).env).toMatchObject({
        ods_pkg_uploaded: false,
      });
    });

    it('replaces another content only when it is asked to, and leaves the stage', async () => {
      const [one, two] = [someBytes(1_000), someBytes(2_000)];
      await upload({ pkg_path: write('taken.pkg', one), ods_stage: 'Test' });
      const refused = await upload({ pkg_path: write('taken.pkg', two) });
      failsWith(refused, `SHA-256 ${sha256(one)}, here ${sha256(two)}`);
      expect(await packageOf('taken.pkg')).toMatchObject({ sha256: sha256(one) });
      expect(await upload({ pkg_path: write('taken.pkg', two), replace_pkg: 'yes' })).toMatchObject({
        code: 0,
        env: { ods_pkg_uploaded: true },
      });
      expect(await packageOf('taken.pkg')).toMatchObject({ sha256: sha256(two), stage: 'Test' });
    });

    it('says what is wrong, and never the token', async () => {
      const file = write('refused.pkg', someBytes(10));
      const stranger = { ...account, ODS_TOKEN: 'ods_notATokenOfThisServer' };
      const viewer = { ...account, ODS_TOKEN: await tokenOf('viewer') };
      const elsewhere = createServer(
        (request, response) => void response.writeHead(308, { location: `${server.url}${request.url}` }).end(),
      );
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      const redirect = { ...account, ODS_URL: `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}` };
      const runs = [
        [await upload({ pkg_path: file }, stranger), 'refused with status 401'],
        [await upload({ pkg_path: file }, viewer), 'refused with status 403'],
        [await upload({ pkg_path: file }, redirect), 'redirects are not followed'],
        [await upload({ pkg_path: file }, { ...account, ODS_TOKEN: 'two words' }), 'Set ODS_TOKEN'],
        [await upload({ pkg_path: file, ODS_URL: 'ods.example.com' }), 'Set ODS_URL'],
        [await upload({ pkg_path: file, ods_stage: 'Beta' }), 'ods_stage must be one of Dev, Test, Prod'],
        [await upload({ pkg_path: file, replace_pkg: 'perhaps' }), 'replace_pkg must be True or False'],
        [await upload({ pkg_path: file, max_tries: '0' }), 'max_tries must be a whole number from 1 to 10'],
        [await upload({ pkg_path: path.join(files, 'none.pkg') }), 'There is no file to upload'],
        [await upload({ pkg_path: file, pkg_name: 'con.pkg' }), 'a device name on Windows'],
      ] as const;
      elsewhere.close();
      for (const [ran, sentence] of runs) failsWith(ran, sentence);
      for (const { ODS_TOKEN: token } of [account, stranger, viewer, { ODS_TOKEN: 'two words' }])
        expect(runs.filter(([ran]) => ran.log.includes(token))).toEqual([]);
      expect((await server.api('GET', '/api/admin/packages/refused.pkg?by=name')).status).toBe(404);
    });

    it('reads the token from a file', async () => {
      const ODS_TOKEN_FILE = write('token', `${account.ODS_TOKEN}\n`);
      expect(await upload({ pkg_path: write('file-token.pkg', 'x'), ODS_TOKEN_FILE }, { ODS_URL: server.url })).toMatchObject({ code: 0 });
      failsWith(await upload({ pkg_path: write('file-token.pkg', 'x'), ODS_TOKEN_FILE: '/nonexistent' }), 'FileNotFoundError');
    });

    it('never calls a package everywhere that no server admits, and fails when the time is up', async () => {
      await server.ok('POST', '/api/admin/about/update', { stage: 'Prod' });
      const file = write('nowhere.pkg', someBytes(10));
      const ran = await upload({ pkg_path: file, ods_stage: 'Dev', ods_wait_for: 'all', ods_wait_seconds: '0' });
      failsWith(ran, 'No server of the mesh admits it at its stage.');
      expect(ran.log).toContain('WARNING');
      failsWith(await upload({ pkg_path: file, ods_wait_for: 'here', ods_wait_seconds: '0' }), 'it is Withdrawn there');
      expect(
        await upload({ pkg_path: write('somewhere.pkg', someBytes(10)), ods_stage: 'Prod', ods_wait_for: 'all', ods_wait_seconds: '60' }),
      ).toMatchObject({
        code: 0,
        env: { ods_missing_at: [] },
      });
    });

    it('zips a bundle to the same bytes each time, links as links', async () => {
      const bundle = path.join(files, 'Old.pkg');
      mkdirSync(path.join(bundle, 'Contents/Resources'), { recursive: true });
      writeFileSync(path.join(bundle, 'Contents/Archive.pax.gz'), someBytes(MIB + 5), { mode: 0o600 });
      writeFileSync(path.join(bundle, 'Contents/Resources/postflight'), '#!/bin/sh\n', { mode: 0o755 });
      mkdirSync(path.join(bundle, 'Contents/Empty'));
      symlinkSync('Contents/Resources', path.join(bundle, 'Resources'));
      const first = await upload({ pkg_path: `${bundle}/` });
      expect(first).toMatchObject({ code: 0, env: { ods_pkg_uploaded: true, pkg_name: 'Old.pkg.zip' } });
      expect((await upload({ pkg_path: bundle, max_tries: '1' })).env).toMatchObject({
        ods_pkg_uploaded: false,
        ods_sha256: first.env['ods_sha256'],
      });
      const listing = execFileSync(
        'python3',
        [
          '-c',
          'import sys, zipfile\nfor each in zipfile.ZipFile(sys.argv[1]).infolist(): print(each.filename, oct(each.external_attr >> 16))',
          `${bundle}.zip`,
        ],
        { encoding: 'utf8' },
      );
      expect(listing.trim().split('\n')).toEqual([
        'Old.pkg/Contents/ 0o40755',
        'Old.pkg/Resources 0o120777',
        'Old.pkg/Contents/Archive.pax.gz 0o100644',
        'Old.pkg/Contents/Empty/ 0o40755',
        'Old.pkg/Contents/Resources/ 0o40755',
        'Old.pkg/Contents/Resources/postflight 0o100755',
      ]);
    });

    it('goes on with a large file where it was when the server was killed in the middle', async () => {
      const content = someBytes(72 * MIB + 3);
      const line = await HostileProxy.to(server.port);
      line.become({ kind: 'throttle', rate: 100 * MIB, up: 16 * MIB });
      const running = upload(
        { pkg_path: write('large-1.pkg', content), ods_stage: 'Prod', max_tries: '10' },
        { ...account, ODS_URL: line.url },
      );
      const staging = path.join(server.dataDir, 'staging');
      const received = (): number => Math.max(0, ...readdirSync(staging).map((name) => statSync(path.join(staging, name)).size));
      await eventually(() => expect(received()).toBeGreaterThan(24 * MIB), { timeoutMs: 120_000 });
      await server.kill9();
      line.become({ kind: 'throttle', rate: 100 * MIB, up: 400 * MIB });
      await server.start();
      const ran = await running;
      line.close();
      expect(ran).toMatchObject({ code: 0, env: { ods_pkg_uploaded: true, ods_sha256: sha256(content) } });
      expect(ran.log).toContain('Attempt 1:');
      expect(sha256(await server.downloaded('large-1.pkg'))).toBe(sha256(content));
    });

    it('waits for a server that is away, and says so when it does not come back', async () => {
      const file = write('away.pkg', someBytes(1_000));
      await server.stop();
      failsWith(await upload({ pkg_path: file, max_tries: '1' }), 'did not do it in 1 attempts: ConnectionRefusedError');
      const running = upload({ pkg_path: file, max_tries: '10' });
      await server.start();
      expect(await running).toMatchObject({ code: 0, env: { ods_pkg_uploaded: true } });
    });

    it('honours Retry-After, and sends in parts what a proxy finds too long', async () => {
      const content = someBytes(3 * MIB);
      const refusals: string[] = [];
      let isBusy = true;
      // Stands for a proxy with a limit of 1 MiB, in front of the real server.
      const proxy = createServer((request, response) => {
        const tooLong = Number(request.headers['content-length'] ?? 0) > MIB;
        if (isBusy || tooLong) {
          refusals.push(`${request.method} ${isBusy ? 429 : 413}`);
          response
            .writeHead(isBusy ? 429 : 413, { 'retry-after': '0', connection: 'close', 'content-type': 'text/html' })
            .end('<html></html>');
          isBusy = false;
          return;
        }
        const { method = 'GET', headers, url } = request;
        const body = method === 'PATCH' || method === 'PUT' ? { body: request, duplex: 'half' } : {};
        const { host: _host, connection: _connection, 'content-length': _length, ...sent } = headers;
        void fetch(`${server.url}${url}`, { method, headers: sent as Record<string, string>, ...body } as unknown as RequestInit).then(
          async (answer) => {
            response.writeHead(
              answer.status,
              Object.fromEntries(
                [...answer.headers].filter(([name]) => !/^(?:connection|keep-alive|transfer-encoding|content-length)$/.test(name)),
              ),
            );
            response.end(Buffer.from(await answer.arrayBuffer()));
          },
        );
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const ran = await upload(
        { pkg_path: write('halved.pkg', content), ods_stage: 'Prod' },
        { ...account, ODS_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
      );
      proxy.close();
      proxy.closeAllConnections();
      expect([ran.code, ran.log]).toEqual([0, expect.stringContaining('The next one is in 0 s.')]);
      expect(refusals).toEqual(['GET 429', 'PUT 413', 'PATCH 413', 'PATCH 413']);
      expect(sha256(await server.downloaded('halved.pkg'))).toBe(sha256(content));
    });

    it('passes on what the server says of a file that is too large', async () => {
      const file = write('too-large.pkg', '');
      execFileSync('truncate', ['-s', '101M', file]);
      failsWith(await upload({ pkg_path: file }), 'MAX_UPLOAD_BYTES');
    });
  });

  describe('ODSPackagePromoter', () => {
    const promote = (inputs: Record<string, string>): Promise<Ran> => runProcessor('ODSPackagePromoter', inputs, account);

    it('moves a package on, never back, and waits until it is served', async () => {
      await upload({ pkg_path: write('promoted.pkg', someBytes(10)), ods_stage: 'Dev' });
      const young = await promote({ pkg_name: 'promoted.pkg', to_stage: 'Prod', min_days: '7' });
      expect(young).toMatchObject({
        code: 0,
        log: expect.stringContaining('stays in Dev'),
        env: { ods_pkg_promoted: false, ods_pkg_stage: 'Dev' },
      });
      expect(await promote({ pkg_name: 'promoted.pkg', to_stage: 'prod', ods_wait_for: 'all', ods_wait_seconds: '60' })).toMatchObject({
        code: 0,
        env: {
          ods_pkg_promoted: true,
          ods_pkg_stage: 'Prod',
          ods_missing_at: [],
          ods_package_promoter_summary_result: { data: { from: 'Dev', to: 'Prod' } },
        },
      });
      const again = await promote({ pkg_name: 'promoted.pkg', to_stage: 'Test', ods_package_promoter_summary_result: 'of another recipe' });
      expect(again).toMatchObject({ code: 0, env: { ods_pkg_promoted: false, ods_pkg_stage: 'Prod' } });
      expect(again.env).not.toHaveProperty('ods_package_promoter_summary_result');
      expect(await packageOf('promoted.pkg')).toMatchObject({ stage: 'Prod' });
    });

    it('fails for what is not there, and when it is nowhere in the end', async () => {
      failsWith(await promote({ pkg_name: 'none.pkg' }), 'none.pkg is not in ODS');
      failsWith(await promote({ pkg_name: 'promoted.pkg', to_stage: 'Dev' }), 'to_stage must be Test or Prod');
      await upload({ pkg_path: write('stuck.pkg', someBytes(10)), ods_stage: 'Dev' });
      failsWith(await promote({ pkg_name: 'stuck.pkg', ods_wait_for: 'all', ods_wait_seconds: '0' }), 'No server of the mesh admits it');
    });
  });

  describe('ODSPackageCleaner', () => {
    const clean = (inputs: Record<string, string>): Promise<Ran> => runProcessor('ODSPackageCleaner', inputs, account);
    const put = async (name: string, stage: string): Promise<void> => {
      expect((await server.upload(name, name, { stage })).status).toBe(201);
    };
    const names = async (part: string): Promise<string[]> =>
      (await server.ok<{ items: { filename: string }[] }>('GET', `/api/admin/packages?q=${part}`)).items
        .map(({ filename }) => filename)
        .sort();

    it('keeps the newest of each stage, other titles, and what came back; deletes nothing unless it is asked to', async () => {
      for (const version of ['1.9', '1.10', '2.0b1']) await put(`Fire-${version}.pkg`, 'Prod');
      for (const name of ['Fire-0.9.pkg', 'Fire-ESR-1.0.pkg', 'Fire-1.0-ESR.pkg', 'Fire-1.0.dmg', 'XFire-1.0.pkg']) await put(name, 'Prod');
      for (const version of ['2.0', '2.1', '2.2', '2.3']) await put(`Fire-${version}.pkg`, 'Dev');
      const before = await names('Fire-');
      const inputs = { pkg_name: 'Fire-2.3.pkg', version: '2.3', keep: '2' };

      const dry = await clean(inputs);
      expect(dry).toMatchObject({ code: 0, env: { ods_pkgs_deleted: ['Fire-2.1.pkg', 'Fire-2.0.pkg', 'Fire-1.9.pkg'] } });
      expect(dry.env).not.toHaveProperty('ods_package_cleaner_summary_result');
      expect(await names('Fire-')).toEqual(before);
      expect((await clean({ ...inputs, dry_run: 'False', min_days: '1' })).env).toMatchObject({ ods_pkgs_deleted: [] });

      const ran = await clean({ ...inputs, dry_run: 'False' });
      expect(ran).toMatchObject({
        code: 0,
        env: { ods_package_cleaner_summary_result: { data: { deleted: 'Fire-2.1.pkg, Fire-2.0.pkg, Fire-1.9.pkg' } } },
      });
      expect(ran.log).toContain('Fire-0.9.pkg stays: it came to ODS after one of the 2 newest versions.');
      expect(ran.log).toContain('Fire-1.0-ESR.pkg stays: what stands for the version in it is none.');
      expect(await names('Fire-')).toEqual(before.filter((name) => !['Fire-2.1.pkg', 'Fire-2.0.pkg', 'Fire-1.9.pkg'].includes(name)));
      expect((await clean({ ...inputs, dry_run: 'False' })).env).toMatchObject({ ods_pkgs_deleted: [] });
    });

    it('keeps the package of the run, and what has no lower version', async () => {
      for (const version of ['1.0', '2.0', '2.0.0']) await put(`Wolf-${version}.pkg`, 'Dev');
      const ran = await clean({ pkg_name: 'Wolf-1.0.pkg', clean_match: 'Wolf-*.pkg', keep: '1', dry_run: 'false' });
      expect(ran).toMatchObject({ code: 0, env: { ods_pkgs_deleted: [] } });
      expect(ran.log).toContain('Wolf-1.0.pkg stays: it is the package of this run.');
      expect(ran.log).toContain('Wolf-2.0.pkg stays: its version is no lower than one of the newest.');
    });

    it('deletes nothing when it cannot know which names belong together', async () => {
      failsWith(await clean({ pkg_name: 'Wolf-1.0.pkg' }), "The version '' is not once in Wolf-1.0.pkg");
      failsWith(await clean({ pkg_name: 'Wolf-1.0.pkg', clean_match: '*' }), 'clean_match must have one *');
      failsWith(await clean({ pkg_name: 'Wolf-9.pkg', clean_match: 'Wolf-*.pkg' }), 'nothing is deleted');
      failsWith(await clean({ pkg_name: 'Wolf-1.0.pkg', clean_match: 'Wolf-*.pkg', keep: '0' }), 'keep must be a whole number from 1');
    });
  });

  it('name the server that does not answer', async () => {
    const ODS_URL = `http://127.0.0.1:${await freePort()}`;
    failsWith(
      await runProcessor('ODSPackageCleaner', { pkg_name: 'a-1.pkg', version: '1', max_tries: '1' }, { ...account, ODS_URL }),
      ODS_URL,
    );
  });
});
