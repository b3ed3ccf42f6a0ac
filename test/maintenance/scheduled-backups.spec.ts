import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { backupName, timeOfBackup } from '#libs/maintenance/choose-removals.js';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { sha256, someBytes } from '../mesh/packages.js';
import { run } from '../support/child.mjs';
import { eventually } from '../support/eventually.js';
import { isLeftOut, scratchDir, startRedis } from '../support/services.js';
import { SmallDisk } from '../support/small-disk.js';
import { startProcess } from '../support/test-process.js';
import { TestServer } from '../support/test-server.js';
import { type Ended, odsAdmin } from './ods-admin.js';

const HOUR_MS = 3_600_000;

/** A server with scheduled backups, and what there is to see of them. */
class Site {
  private constructor(
    readonly server: TestServer,
    readonly directory: string,
  ) {}

  static async start(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Site> {
    const directory = settings['BACKUP_DIR'] ?? scratchDir(`${name}-backups`);
    return new Site(await TestServer.start(name, { BACKUP_DIR: directory, ...settings }), directory);
  }

  /** Under the names of backups, oldest first; without those that the tests themselves put there. */
  get backups(): string[] {
    return readdirSync(this.directory)
      .filter((name) => timeOfBackup(name) !== null && !name.startsWith('ods-2020'))
      .sort();
  }

  get leftOvers(): string[] {
    return readdirSync(this.directory).filter((name) => name.startsWith('.ods-'));
  }

  async has(count: number): Promise<string[]> {
    return eventually(
      () => {
        expect(this.backups).toHaveLength(count);
        expect(this.leftOvers).toEqual([]);
        return this.backups;
      },
      { timeoutMs: 60_000 },
    );
  }

  /** As if all of them had been made a day and a half earlier, and the job were due: it is the time that passes here. */
  async nextDay(): Promise<void> {
    this.age();
    await this.makeDue();
  }

  age(hours = 36): void {
    for (const name of this.backups) {
      const earlier = backupName(timeOfBackup(name)! - hours * HOUR_MS);
      renameSync(path.join(this.directory, name), path.join(this.directory, earlier));
    }
  }

  /** Once the run before has ended. */
  async makeDue(): Promise<void> {
    const sql = `UPDATE job SET due_ms = 0, attempts = 0 WHERE type = 'backup.make' AND state = 'due' AND due_ms > 1`;
    await eventually(() => expect(this.withDatabase((database) => database.prepare(sql).run().changes)).toBe(1));
  }

  job(): { state: string; due_ms: number; last_error: string | null } {
    return this.withDatabase((database) => database.prepare(`SELECT * FROM job WHERE type = 'backup.make'`).get() as never);
  }

  events(): string[] {
    return this.withDatabase((database) => {
      const rows = database.prepare(`SELECT type, data FROM domain_event WHERE type LIKE 'backup.%' ORDER BY id`).all();
      return (rows as { type: string; data: string }[]).map(({ type, data }) => `${type} ${data}`);
    });
  }

  audited(): string[] {
    return this.withDatabase((database) => {
      const rows = database.prepare(`SELECT action FROM audit_event WHERE action LIKE 'backup.%' ORDER BY id`).all();
      return (rows as { action: string }[]).map(({ action }) => action);
    });
  }

  async metrics(): Promise<Record<string, number>> {
    const page = await (await fetch(`${this.server.url}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line.startsWith('ods_backup_'));
    return Object.fromEntries(lines.map((line) => line.split(' ')).map(([name, value]) => [name!, Number(value)]));
  }

  doctor(): Promise<Ended> {
    return odsAdmin(['doctor'], { DATA_DIR: this.server.dataDir, BACKUP_DIR: this.directory });
  }

  async failed(times: number): Promise<void> {
    await eventually(() => expect(this.server.logs.match(/backup\.make failed/g) ?? []).toHaveLength(times), { timeoutMs: 60_000 });
  }

  withDatabase<T>(work: (database: InstanceType<typeof SqliteFile>) => T): T {
    const database = new SqliteFile(path.join(this.server.dataDir, 'ods.sqlite'), { timeout: 20_000 });
    try {
      return work(database);
    } finally {
      database.close();
    }
  }
}

const disks = [await SmallDisk.mount(8_000_000), await SmallDisk.mount(8_000_000)];
const onSmallDisk = disks.includes(null) ? it.skip : it;

describe('scheduled backups', () => {
  afterAll(async () => {
    for (const disk of disks) await disk?.unmount();
  });

  it('are made, can be restored, and the oldest of this server goes; everything else stays', async () => {
    const site = await Site.start('nightly', { BACKUP_KEEP: '2', BACKUP_WITHOUT_CONTENT: 'false' });
    const [first] = await site.has(1); // of an empty server, at its first start
    expect(statSync(path.join(site.directory, first!)).mode & 0o077).toBe(0);
    const content = someBytes(400_000);
    await site.server.upload('kept.pkg', content);

    const copyOfOther = path.join(site.directory, 'ods-20200101T000000Z');
    cpSync(path.join(site.directory, first!), copyOfOther, { recursive: true });
    const manifest = readFileSync(path.join(copyOfOther, 'backup.json'), 'utf8');
    writeFileSync(path.join(copyOfOther, 'backup.json'), manifest.replace(/"iss": "[0-9a-f]+"/, `"iss": "${'0'.repeat(32)}"`));
    symlinkSync(copyOfOther, path.join(site.directory, 'ods-20200102T000000Z'));
    mkdirSync(path.join(site.directory, 'ods-20200103T000000Z'));
    writeFileSync(path.join(site.directory, 'notes.txt'), 'of an administrator');
    const strangers = ['ods-20200101T000000Z', 'ods-20200102T000000Z', 'ods-20200103T000000Z'];
    writeFileSync(path.join(site.directory, first!, 'mark'), '');
    for (const day of [1, 2, 3]) {
      await site.nextDay();
      await eventually(() => expect(site.audited()).toHaveLength(1 + day), { timeoutMs: 60_000 });
      await site.has(2);
      expect(site.backups.some((name) => existsSync(path.join(site.directory, name, 'mark')))).toBe(day === 1);
    }
    expect(readdirSync(site.directory)).toEqual(expect.arrayContaining([...strangers, 'notes.txt']));
    expect(existsSync(path.join(copyOfOther, 'database.sqlite'))).toBe(true);
    expect(site.events()).toEqual([]);

    const dataDir = scratchDir('from-nightly');
    expect(await odsAdmin(['restore', path.join(site.directory, site.backups.at(-1)!)], { DATA_DIR: dataDir })).toEqual({
      code: 0,
      output: expect.stringContaining('with 1 contents'),
    });
    const port = site.server.port;
    await site.server.dispose();
    const restored = await TestServer.start('nightly', { DATA_DIR: dataDir, PORT: port });
    expect(sha256(await restored.downloaded('kept.pkg'))).toBe(sha256(content));
    await restored.dispose();
  });

  it('are shown in the metrics and by ods-admin doctor, and a start makes none that is not due', async () => {
    const begun = Date.now();
    const site = await Site.start('watched', { BACKUP_EVERY_HOURS: '12' });
    const [made] = await site.has(1);
    await eventually(async () => {
      const { ods_backup_last_success_timestamp_seconds: at, ...rest } = await site.metrics();
      expect(at! * 1_000).toBeGreaterThanOrEqual(begun);
      expect(at! * 1_000).toBeLessThanOrEqual(Date.now());
      expect(rest).toEqual({ ods_backup_period_seconds: 12 * 3_600 });
    });
    expect((await site.doctor()).output).toContain(`ok      The latest backup in ${site.directory} is 0 hours old.`);
    await site.server.restart();
    await eventually(() =>
      expect(site.job()).toMatchObject({ state: 'due', last_error: expect.stringMatching(/^The latest backup is of /) }),
    );
    expect(Math.abs(site.job().due_ms - timeOfBackup(made!)! - 12 * HOUR_MS)).toBeLessThan(HOUR_MS);
    await site.has(1);
    site.age(49);
    await site.server.stop();
    expect((await site.doctor()).output).toMatch(/warning The latest backup in .* is 49 hours old, and one is due every 24 hours/);
    rmSync(path.join(site.directory, site.backups[0]!), { recursive: true });
    expect((await site.doctor()).output).toContain(`warning ${site.directory} has no backup of this server`);
    await site.server.dispose();
  });

  it('leave nothing that looks complete when the process is killed, and downloads go on meanwhile', async () => {
    const site = await Site.start('killed', { BACKUP_WITHOUT_CONTENT: 'false' });
    await site.has(1);
    const content = someBytes(2_000_000);
    await site.server.upload('small.pkg', content);
    for (const name of ['a', 'b', 'c', 'd']) await site.server.upload(`${name}.pkg`, someBytes(40_000_000));
    await site.nextDay();
    const earlier = site.backups;
    await eventually(() => expect(readdirSync(site.directory).some((name) => name.endsWith('.part'))).toBe(true), { timeoutMs: 30_000 });
    expect(sha256(await site.server.downloaded('small.pkg'))).toBe(sha256(content));
    expect(site.leftOvers).toEqual([expect.stringMatching(/^\.ods-[0-9a-f]{32}\.part$/)]); // or the test says nothing
    await site.server.kill9();
    expect(site.backups).toEqual(earlier);
    expect(site.leftOvers).toHaveLength(1);
    expect(existsSync(path.join(site.directory, site.leftOvers[0]!, 'backup.json'))).toBe(false);
    await site.server.start();
    const [, made] = await site.has(2);
    expect(await odsAdmin(['restore', path.join(site.directory, made!)], { DATA_DIR: scratchDir('from-killed') })).toEqual({
      code: 0,
      output: expect.stringContaining('with 5 contents'),
    });
    await site.server.dispose();
  });

  onSmallDisk('say a full directory once, and when they are made again; old backups stay until then', async () => {
    const disk = disks[0]!;
    const site = await Site.start('full', { BACKUP_DIR: disk.directory, BACKUP_KEEP: '1' });
    await site.has(1);
    await disk.leave(100_000);
    await site.nextDay();
    const [kept] = site.backups;
    await site.failed(1);
    await site.makeDue();
    await site.failed(2);
    expect(site.backups).toEqual([kept]);
    expect(site.leftOvers).toEqual([]);
    expect(site.events()).toEqual([expect.stringMatching(/^backup\.failed .*There is no room in .* \((?:ENOSPC|SQLITE_FULL)\)/)]);
    const { ods_backup_last_success_timestamp_seconds: succeeded, ods_backup_last_failure_timestamp_seconds: failed } =
      await site.metrics();
    expect(failed).toBeGreaterThan(succeeded!);
    await disk.resize(16_000_000);
    await site.makeDue();
    await eventually(() => expect(site.backups).not.toEqual([kept]), { timeoutMs: 30_000 });
    await site.has(1);
    await eventually(() => expect(site.events()).toEqual([expect.anything(), expect.stringMatching(/^backup\.resumed /)]));
    expect(site.audited()).toEqual(['backup.made', 'backup.failed', 'backup.made']);
    await site.server.dispose();
  });

  onSmallDisk('say a directory that became read-only', async () => {
    const disk = disks[1]!;
    const site = await Site.start('read-only', { BACKUP_DIR: disk.directory });
    await site.has(1);
    await site.nextDay();
    await site.has(2);
    site.age();
    await run('mount', ['-o', 'remount,ro', disk.directory]);
    await site.makeDue();
    await site.failed(1);
    expect(site.events()).toEqual([expect.stringMatching(/^backup\.failed .* cannot be written \(EROFS\)/)]);
    expect(site.server.logs).toContain('cannot be written (EROFS)');
    await site.server.stop();
    await site.server.start(); // it serves packages all the same
    expect(site.server.logs).toContain(
      `BACKUP_DIR: ${disk.directory} cannot be written (EROFS). Backups are tried again by their schedule.`,
    );
    await site.server.dispose();
  });

  it('are refused in the directory of the server', async () => {
    const dataDir = scratchDir('inside');
    const link = path.join(scratchDir('links'), 'link');
    symlinkSync(dataDir, link);
    for (const directory of [dataDir, path.join(dataDir, 'backups'), path.join(link, 'deep/backups')]) {
      const refused = startProcess('api', { DATA_DIR: dataDir, BACKUP_DIR: directory, PORT: 0 });
      expect((await refused.ended()).code).toBe(1);
      expect(refused.output).toContain(`BACKUP_DIR: ${directory} is in the server's own directory, and would be lost with it.`);
    }
    expect(existsSync(path.join(dataDir, 'backups'))).toBe(false);
  });

  it('are made of one moment although the database is written to all the time', async () => {
    const site = await Site.start('written');
    await site.has(1);
    const writer = new SqliteFile(path.join(site.server.dataDir, 'ods.sqlite'), { timeout: 20_000 });
    writer.pragma('synchronous = OFF');
    writer.exec('CREATE TABLE filler (bytes BLOB)');
    const insert = writer.prepare('INSERT INTO filler VALUES (randomblob(3000))');
    writer.transaction(() => {
      for (let row = 0; row < 20_000; row += 1) insert.run();
    })();
    await site.nextDay();
    const writing = setInterval(() => insert.run(), 2);
    try {
      await eventually(() => expect(site.backups).toHaveLength(2), { timeoutMs: 30_000 });
    } finally {
      clearInterval(writing);
      writer.close();
    }
    await site.server.dispose();
  });

  (isLeftOut('redis') ? it.skip : it)('are made by one of several workers', async () => {
    const redis = await startRedis();
    const site = await Site.start('workers', { REDIS_URL: redis.url });
    expect(site.backups).toEqual([]); // the web application makes none
    await Promise.all([site.server.startWorker(), site.server.startWorker(), site.server.startWorker()]);
    await site.has(1);
    await site.nextDay();
    await site.has(2);
    await eventually(() => expect(site.audited()).toEqual(['backup.made', 'backup.made']));
    await eventually(async () => expect(Object.keys(await site.metrics())).toContain('ods_backup_last_success_timestamp_seconds'));
    await site.server.dispose();
    await redis.dispose();
  });
});
