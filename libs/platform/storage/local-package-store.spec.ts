import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig } from '../config/load-config.js';
import { DiskFull } from '../errors/common.errors.js';
import { scratchDir } from '../../../test/support/services.js';
import { HashPool } from './hash-pool.js';
import { LocalPackageStore } from './local-package-store.js';
import { packageStoreContract, published, stage } from './package-store.testing.js';

const pool = new HashPool();
afterAll(() => pool.onApplicationShutdown());

async function openStore(
  dataDir = scratchDir('store'),
  env: Record<string, string> = {},
  now = () => Date.now(),
): Promise<LocalPackageStore> {
  const store = new LocalPackageStore(loadConfig({ DATA_DIR: dataDir, DISK_RESERVE_BYTES: '1M', ...env }), pool, { now });
  await store.onModuleInit();
  return store;
}

describe('LocalPackageStore', () => {
  packageStoreContract(() => openStore());

  it('keeps the parts of a package where a web server can be pointed at them', async () => {
    const dataDir = scratchDir('store');
    const store = await openStore(dataDir);
    const uuid = await published(store, 'hello');
    await store.expose(uuid, 'NoMAD.pkg');
    await stage(store, 'upload-1', 'half');
    expect(readFileSync(path.join(dataDir, 'content', uuid), 'utf8')).toBe('hello');
    expect(readFileSync(path.join(dataDir, 'share/NoMAD.pkg'), 'utf8')).toBe('hello');
    expect(readFileSync(path.join(dataDir, 'staging/upload-1'), 'utf8')).toBe('half');
  });

  it('makes what only the server reads readable for no other', async () => {
    const dataDir = scratchDir('store');
    await openStore(dataDir);
    const modes = ['content', 'share', 'staging', 'keys'].map((name) => statSync(path.join(dataDir, name)).mode & 0o777);
    expect(modes).toEqual([0o755, 0o755, 0o700, 0o700]);
  });

  it('leaves nothing else behind in share and content', async () => {
    const dataDir = scratchDir('store');
    const store = await openStore(dataDir);
    const uuid = await published(store, 'hello');
    for (let round = 0; round < 3; round += 1) await store.expose(uuid, 'a.pkg');
    expect(readdirSync(path.join(dataDir, 'share'))).toEqual(['a.pkg']);
    expect(readdirSync(path.join(dataDir, 'content'))).toEqual([uuid]);
    expect(readdirSync(path.join(dataDir, 'staging'))).toEqual([]);
  });

  it('clears links that a crash left half-made, and only those', async () => {
    const dataDir = scratchDir('store');
    const store = await openStore(dataDir);
    const uuid = await published(store, 'hello');
    const share = (name: string) => path.join(dataDir, 'share', name);
    const old = new Date(Date.now() - 3_600_000);
    for (const name of [`.${uuid}.0a0a0a0a`, '.nfs0001', 'mine.pkg']) {
      writeFileSync(share(name), '');
      utimesSync(share(name), old, old);
    }
    symlinkSync('nowhere', share(`.${uuid}.1b1b1b1b`));
    await openStore(dataDir); // the files changed just now (ctime): another process may be about to rename them
    expect(readdirSync(path.join(dataDir, 'share')).sort()).toEqual(
      [`.${uuid}.0a0a0a0a`, `.${uuid}.1b1b1b1b`, '.nfs0001', 'mine.pkg'].sort(),
    );
    await openStore(dataDir, {}, () => Date.now() + 120_000);
    expect(readdirSync(path.join(dataDir, 'share')).sort()).toEqual(['.nfs0001', 'mine.pkg']);
  });

  it('refuses to start when staging is on another file system, and says why', async () => {
    if (!existsSync('/dev/shm')) return;
    const elsewhere = path.join('/dev/shm', path.basename(scratchDir('staging')));
    mkdirSync(elsewhere, { recursive: true });
    await expect(openStore(scratchDir('store'), { UPLOAD_STAGING_DIR: elsewhere })).rejects.toThrow(
      /UPLOAD_STAGING_DIR must be on the same file system/,
    );
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('counts the reserve as taken', async () => {
    const dataDir = scratchDir('store');
    const [small, large] = [await openStore(dataDir), await openStore(dataDir, { DISK_RESERVE_BYTES: '1000T' })];
    expect(await small.freeBytes()).toBeGreaterThan(0);
    expect(await large.freeBytes()).toBe(0);
    await expect(large.requireRoom(0)).rejects.toThrow(DiskFull); // an upload that does not say its size
  });

  it('shows content through symlinks where there are no hard links', async () => {
    const dataDir = scratchDir('store');
    const store = await openStore(dataDir);
    const uuid = await published(store, 'hello');
    symlinkSync(path.join('..', 'content', uuid), path.join(dataDir, 'share', 'a.pkg'));
    expect(await store.isExposed(uuid, 'a.pkg')).toBe(true);
    await store.remove(uuid);
    expect(await store.isExposed(uuid, 'a.pkg')).toBe(false);
    await store.hide('a.pkg');
    expect(readdirSync(path.join(dataDir, 'share'))).toEqual([]);
  });
});
