import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { STORE_MARK } from '#libs/platform/storage/store-mark.js';
import { run } from '../support/child.mjs';
import { eventually } from '../support/eventually.js';
import { findCommand } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { SmallDisk } from '../support/small-disk.js';
import { TestServer } from '../support/test-server.js';
import { RawUpload } from './raw-upload.js';

const MIB = 2 ** 20;
const filesOf = (dataDir: string, folder: string): string[] => readdirSync(path.join(dataDir, folder)).sort();

const disk = await SmallDisk.mount(48 * MIB);
const onSmallDisk = disk === null ? it.skip : it;

describe('an upload whose server is killed', () => {
  it('leaves nothing behind after the restart, and what was acknowledged is there', async () => {
    const server = await TestServer.start('killed', { UPLOAD_IDLE_SECONDS: 1 });
    const content = randomBytes(2 * MIB);
    expect((await server.upload('kept.pkg', content)).status).toBe(201);
    const call = await RawUpload.begin(server, 'killed.pkg', { announced: 50 * MIB });
    await call.send(Buffer.alloc(9 * MIB));
    const litter = await eventually(() => {
      const [name] = filesOf(server.dataDir, 'staging');
      if (name === undefined) throw new Error('nothing in staging yet');
      return path.join(server.dataDir, 'staging', name);
    });
    await server.kill9();
    call.cut();
    // As long as a replica could still be writing it, it is left alone. Its age must not depend on how long a start takes.
    const written = (seconds: number): void => utimesSync(litter, seconds, seconds);
    written(Date.now() / 1_000 + 120);
    await server.start();
    expect(filesOf(server.dataDir, 'staging')).toHaveLength(1);
    await server.stop();
    written(Date.now() / 1_000 - 6);
    // The change of its date is a change, too, and nothing but time makes that old.
    await eventually(() => expect(Date.now() - statSync(litter).ctimeMs).toBeGreaterThan(5_500), { timeoutMs: 10_000 });
    await server.start();
    expect(filesOf(server.dataDir, 'staging')).toEqual([]);
    expect((await server.downloaded('kept.pkg')).equals(content)).toBe(true);
    expect(await server.ok('GET', '/api/admin/packages')).toMatchObject({ total: 1 });
    expect(filesOf(server.dataDir, 'content')).toEqual([STORE_MARK, expect.stringMatching(/^[0-9a-f]{32}$/)]);
    await server.dispose();
  });
});

describe('an upload that finds no room', () => {
  beforeEach(async () => {
    if (disk === null) return;
    for (const name of readdirSync(disk.directory)) rmSync(path.join(disk.directory, name), { recursive: true });
    await disk.resize(48 * MIB);
  });
  afterAll(async () => {
    await disk?.unmount();
  });

  it('is refused before it is sent, also when it does not say its length', async () => {
    const server = await TestServer.start('reserve', { DISK_RESERVE_BYTES: '1000T' });
    for (const announced of [MIB, undefined]) {
      const call = await RawUpload.begin(server, 'a.pkg', { announced });
      expect(await call.answer()).toMatchObject({ status: 507, body: { type: 'urn:ods:problem:disk-full' } });
      call.cut();
    }
    expect(filesOf(server.dataDir, 'staging')).toEqual([]);
    await server.dispose();
  });

  onSmallDisk('is refused in the middle when it would eat the reserve', async () => {
    await disk!.resize(200 * MIB);
    const server = await TestServer.start('reserve', { DATA_DIR: disk!.directory, DISK_RESERVE_BYTES: '100M' });
    const call = await RawUpload.begin(server, 'a.pkg');
    let status: number | undefined;
    const answered = call.answer().then((answer) => (status = answer.status));
    for (let sent = 0; sent < 190 && status === undefined; sent += 1) await call.send(Buffer.alloc(MIB));
    await answered;
    expect(status).toBe(507);
    call.cut();
    await eventually(() => expect(filesOf(disk!.directory, 'staging')).toEqual([]));
    expect((await server.upload('small.pkg', 'small')).status).toBe(201);
    await server.stop();
  });

  onSmallDisk('fills a small disk to the brim, leaves nothing behind, and the server continues', async () => {
    const server = await TestServer.start('full', { DATA_DIR: disk!.directory, DISK_RESERVE_BYTES: 0 });
    try {
      const calls = await Promise.all(['a.pkg', 'b.pkg', 'c.pkg'].map((name) => RawUpload.begin(server, name)));
      const answers = calls.map((call) => call.answer());
      await Promise.all(
        calls.map(async (call) => {
          for (let sent = 0; sent < 40; sent += 1) await call.send(Buffer.alloc(MIB));
          call.end();
        }),
      );
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(statuses).toContain(507);
      expect(statuses.filter((status) => status !== 507 && status !== 201)).toEqual([]);
      for (const call of calls) call.cut();
      await eventually(() => expect(filesOf(disk!.directory, 'staging')).toEqual([]));
      const { total } = await server.ok<{ total: number }>('GET', '/api/admin/packages');
      expect(total).toBe(statuses.filter((status) => status === 201).length);
      expect((await server.upload('small.pkg', 'small')).status).toBe(201);
      expect((await server.downloaded('small.pkg')).toString()).toBe('small');
    } finally {
      await server.stop();
    }
  });
});

describe('an answer that comes before the end of the body', () => {
  const curl = findCommand('curl');
  const file = path.join(scratchDir('large'), 'large.pkg');
  beforeAll(() => {
    writeFileSync(file, '');
    truncateSync(file, 300 * MIB);
  });

  it.each([
    ['no sign-in', 401, () => [], []],
    ['a bad stage', 400, (token: string) => ['-H', `Authorization: Bearer ${token}`], ['-F', 'stage=Nonsense']],
    ['too large', 413, (token: string) => ['-H', `Authorization: Bearer ${token}`], []],
  ])('is seen by curl: %s', async (_what, status, headers, fields) => {
    if (curl === null) throw new Error('curl is not installed.');
    const server = await TestServer.start('early', { MAX_UPLOAD_BYTES: status === 413 ? '100M' : '1G' });
    const token = await server.login();
    const known = ['-F', `file=@${file}`];
    for (const expectation of [['-H', 'Expect:'], []]) {
      const output = await run(curl, [
        '-sS',
        '--max-time',
        '30',
        ...headers(token),
        ...expectation,
        ...fields,
        ...known,
        `${server.url}/api/admin/upload`,
      ]);
      expect(JSON.parse(output)).toMatchObject({ status });
    }
    await eventually(() => expect(filesOf(server.dataDir, 'staging')).toEqual([]));
    await server.dispose();
  });
});
