import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { catalogOf, hasState, isGone, packagesOf, sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { adminOf, odsAdmin } from './ods-admin.js';

/** Many processes start here, on machines that have other work. */
const done = { code: 0, output: expect.anything() };

describe('ods-admin backup and restore', () => {
  it('brings a server back on another machine, while the mesh went on: nothing newer is lost, nothing deleted comes back', async () => {
    const cluster = await TestCluster.line(['alpha', 'beta']);
    const [alpha, beta] = [cluster.at(0), cluster.at(1)];
    const backup = path.join(scratchDir('backups'), 'monday');
    const kept = someBytes(3_000_000);
    await alpha.upload('kept.pkg', kept);
    await alpha.upload('deleted-later.pkg', someBytes(1_000));
    await alpha.upload('replaced-later.pkg', someBytes(2_000));
    await beta.downloaded('kept.pkg');
    await beta.downloaded('replaced-later.pkg');
    expect(await adminOf(alpha, 'backup', backup)).toEqual({ code: 0, output: expect.stringContaining('and 3 contents') });
    for (const secret of ['keys/database.key', 'database.sqlite']) expect(statSync(path.join(backup, secret)).mode & 0o077).toBe(0);

    // What the backup does not know of, and what the old machine did before it burnt.
    const [own, replaced] = [someBytes(4_000), someBytes(5_000)];
    await alpha.upload('after-backup.pkg', own);
    await alpha.upload('replaced-later.pkg', replaced, { replace: 'true' });
    await alpha.ok('DELETE', `/api/admin/packages/deleted-later.pkg`);
    await beta.downloaded('after-backup.pkg');
    await isGone(beta, 'deleted-later.pkg');
    await eventually(async () => expect(sha256(await beta.downloaded('replaced-later.pkg'))).toBe(sha256(replaced)), { timeoutMs: 90_000 });
    const { iss } = await cluster.about(alpha);
    await alpha.dispose();

    const dataDir = scratchDir('other-machine');
    expect(await odsAdmin(['restore', backup], { DATA_DIR: dataDir })).toEqual({
      code: 0,
      output: expect.stringContaining(`Restored alpha (${iss})`),
    });
    const restored = await TestServer.start('alpha', { DATA_DIR: dataDir, PORT: alpha.port });
    expect(sha256(await restored.downloaded('kept.pkg'))).toBe(sha256(kept));
    await isGone(restored, 'deleted-later.pkg');
    await hasState(restored, 'after-backup.pkg', 'Public');
    await eventually(async () => expect(await catalogOf(restored)).toEqual(await catalogOf(beta)), { timeoutMs: 90_000 });
    expect(sha256(await restored.downloaded('replaced-later.pkg'))).toBe(sha256(replaced));
    expect((await packagesOf(beta)).map(({ filename }) => filename).sort()).toEqual(['after-backup.pkg', 'kept.pkg', 'replaced-later.pkg']);

    // Its own news count again, although it now gives numbers that it had given out before.
    const news = someBytes(6_000);
    await restored.upload('news.pkg', news);
    expect(sha256(await beta.downloaded('news.pkg'))).toBe(sha256(news));
    await restored.dispose();
    await cluster.dispose();
  });

  it('backs a server up that is being written to, and writes only what is new the second time', async () => {
    const server = await TestServer.start('busy');
    const backup = scratchDir('incremental');
    await server.upload('first.pkg', someBytes(1_000_000));
    expect(await adminOf(server, 'backup', backup)).toEqual(done);
    const [first] = readdirSync(path.join(backup, 'content'));
    const { ino } = statSync(path.join(backup, 'content', first!));
    const uploading = Promise.all(Array.from({ length: 15 }, (_, index) => server.upload(`busy-${index}.pkg`, someBytes(200_000))));
    expect(await adminOf(server, 'backup', backup)).toEqual(done);
    await uploading;
    expect(statSync(path.join(backup, 'content', first!)).ino).toBe(ino);
    const dataDir = scratchDir('from-busy');
    expect(await odsAdmin(['restore', backup], { DATA_DIR: dataDir })).toEqual(done);
    expect(await odsAdmin(['verify'], { DATA_DIR: dataDir })).toEqual({ code: 0, output: expect.stringContaining(' 0 faults.') });
    await server.dispose();
  });

  it('brings contents back from the mesh that are not in the backup', async () => {
    const cluster = await TestCluster.line(['thin', 'thick']);
    const backup = scratchDir('thin-backup');
    const content = someBytes(2_500_000);
    await cluster.at(0).upload('big.pkg', content);
    await cluster.at(1).downloaded('big.pkg');
    expect(await adminOf(cluster.at(0), 'backup', backup, '--without-content')).toEqual({
      code: 0,
      output: expect.stringContaining('and 0 contents'),
    });
    await cluster.at(0).dispose();
    const dataDir = scratchDir('thin-restored');
    expect(await odsAdmin(['restore', backup], { DATA_DIR: dataDir })).toEqual({
      code: 0,
      output: expect.stringContaining('fetched from the other servers'),
    });
    const restored = await TestServer.start('thin', { DATA_DIR: dataDir, PORT: cluster.at(0).port });
    expect(sha256(await restored.downloaded('big.pkg', 60_000))).toBe(sha256(content));
    await restored.dispose();
    await cluster.dispose();
  });

  it('refuses a key that does not open the backup before anything is written, and then takes the right one', async () => {
    const server = await TestServer.start('keyed');
    const backup = scratchDir('keyed-backup');
    await server.upload('some.pkg', someBytes(50_000));
    await adminOf(server, 'backup', backup);
    const key = readFileSync(path.join(server.dataDir, 'keys/database.key'), 'utf8').trim();
    const target = { DATA_DIR: scratchDir('keyed-target') };
    expect(await odsAdmin(['restore', backup], { ...target, DATABASE_KEY: Buffer.alloc(32, 1).toString('base64') })).toEqual({
      code: 1,
      output: expect.stringContaining('was encrypted under another DATABASE_KEY'),
    });
    expect(existsSync(path.join(target.DATA_DIR, 'content'))).toBe(false);
    expect((await odsAdmin(['restore', backup], { ...target, DATABASE_KEY: key })).code).toBe(0);
    await server.dispose();
  });

  it('refuses what is damaged, and what would overwrite a server', async () => {
    const server = await TestServer.start('guarded');
    const backup = scratchDir('guarded-backup');
    await server.upload('some.pkg', someBytes(50_000));
    await adminOf(server, 'backup', backup);
    expect(await adminOf(server, 'restore', backup)).toEqual({
      code: 1,
      output: expect.stringMatching(/^There is a server already \(.+\)\. Restore into an empty DATA_DIR/),
    });
    const copy = path.join(scratchDir('copies'), 'copy');
    cpSync(backup, copy, { recursive: true });
    const [content] = readdirSync(path.join(copy, 'content'));
    writeFileSync(path.join(copy, 'content', content!), Buffer.alloc(50_000));
    const restore = (): Promise<unknown> => odsAdmin(['restore', copy], { DATA_DIR: scratchDir('refusing') });
    expect(await restore()).toEqual({
      code: 1,
      output: expect.stringContaining('The content of some.pkg in the backup is damaged or missing'),
    });
    appendFileSync(path.join(copy, 'database.sqlite'), 'x');
    expect(await restore()).toEqual({ code: 1, output: expect.stringContaining('database.sqlite in the backup was changed or damaged') });
    rmSync(path.join(copy, 'backup.json'));
    expect(await restore()).toEqual({ code: 1, output: expect.stringContaining('is no whole backup') });
    await server.dispose();
  });
});
