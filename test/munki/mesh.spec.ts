import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { itemsOf, pkginfo, plist, put, sha256, urlOf } from './repository.js';

const remove = (server: TestServer, path: string) => server.ok('DELETE', `/api/admin/munki/files/${encodeURIComponent(path)}?confirm=true`);
const names = async (server: TestServer) => (await itemsOf(server, 'all')).map(({ name }) => name).sort();
const tagOf = async (server: TestServer, path: string) => (await fetch(`${server.url}/munki/${path}`)).headers.get('etag');

/** Asks one server again and again for its catalog and every item in it. Answers what was wrong, and how many items were right. */
function watch(server: TestServer) {
  const wrong: string[] = [];
  let right = 0;
  let isOver = false;
  const look = async (): Promise<void> => {
    const items = await itemsOf(server, 'all');
    for (const { name, location, hash } of items) {
      const answer = await fetch(`${server.url}/munki/pkgs/${urlOf(location)}`);
      const found = answer.ok ? sha256(Buffer.from(await answer.arrayBuffer())) : String(answer.status);
      if (found === hash) right += 1;
      // What was replaced or deleted between the two requests is in the catalog no more.
      else if ((await itemsOf(server, 'all')).some((now) => now.name === name && now.hash === hash))
        wrong.push(`${server.name}: ${name} should be ${hash} and is ${found}`);
    }
  };
  const run = async (): Promise<void> => {
    while (!isOver) {
      try {
        await look();
      } catch (error) {
        if ((error as Error).message !== 'fetch failed') wrong.push(String(error)); // that is a server that was killed
      }
    }
  };
  const running = run();
  return {
    async end() {
      isOver = true;
      await running;
      return { wrong, right };
    },
  };
}

describe('a Munki repository on a line of three servers', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  let c: TestServer;
  beforeAll(async () => {
    // So much is replaced below that the guard against mass changes would hold a part of it.
    cluster = await TestCluster.line(['a', 'b', 'c'], { REPAIR_SECONDS: 5, MASS_DELETE_PERCENT: 100 });
    [a, b, c] = [cluster.at(0), cluster.at(1), cluster.at(2)];
  });
  afterAll(() => cluster?.dispose());

  it('is the same at each of them, with one entity tag, and a download that was begun at one goes on at another', async () => {
    const bytes = Buffer.alloc(300_000, 'munki');
    await put(a, 'pkgs/apps/Tool-1.pkg', bytes);
    await put(a, 'pkgsinfo/apps/Tool-1.plist', pkginfo('Tool', '1', bytes, { installer_item_location: 'apps/Tool-1.pkg' }));
    await put(c, 'manifests/site_default', plist({ catalogs: ['testing'], managed_installs: ['Tool'] }));
    await put(c, 'icons/Tool.png', 'picture');
    for (const path of ['catalogs/testing', 'catalogs/all', 'manifests/site_default', 'icons/_icon_hashes.plist', 'pkgs/apps/Tool-1.pkg']) {
      await eventually(async () => {
        const tags = [await tagOf(a, path), await tagOf(b, path), await tagOf(c, path)];
        expect(tags).toEqual([expect.stringContaining('sha256-'), tags[0], tags[0]]);
      });
    }
    const first = await fetch(`${a.url}/munki/pkgs/apps/Tool-1.pkg`, { headers: { range: 'bytes=0-99999' } });
    const rest = await fetch(`${c.url}/munki/pkgs/apps/Tool-1.pkg`, {
      headers: { range: 'bytes=100000-', 'if-range': first.headers.get('etag')! },
    });
    expect([first.status, rest.status]).toEqual([206, 206]);
    expect(Buffer.concat([Buffer.from(await first.arrayBuffer()), Buffer.from(await rest.arrayBuffer())]).equals(bytes)).toBe(true);
    const known = await fetch(`${b.url}/munki/catalogs/all`, { headers: { 'if-none-match': (await tagOf(a, 'catalogs/all'))! } });
    expect(known.status).toBe(304);
  });

  it('gets a file back, at every server, that one of them deleted or replaced', async () => {
    const path = 'manifests/kept';
    const body = (at: TestServer, url: string) => at.ok<{ items: { uuid: string; sha256: string; here: boolean }[] }>('GET', url);
    const file = `/api/admin/munki/files/${encodeURIComponent(path)}`;
    const reads = (text: string | null) =>
      eventually(async () => {
        for (const server of [a, b, c]) {
          const answer = await fetch(`${server.url}/munki/${path}`);
          expect(answer.ok ? await answer.text() : null).toBe(text);
        }
      });
    await put(a, path, 'first');
    await reads('first');
    await put(b, path, 'second');
    await reads('second');
    expect((await body(c, `${file}/versions`)).items).toMatchObject([{ sha256: sha256('first'), here: true }]);
    const [first] = (await body(c, `${file}/versions`)).items;
    await c.ok('POST', `${file}/restore?uuid=${first!.uuid}`);
    await reads('first');
    await remove(a, path);
    await reads(null);
    expect((await body(b, '/api/admin/munki/files?deleted=true&q=kept')).items).toMatchObject([{ path, sha256: sha256('first') }]);
    await b.ok('POST', `${file}/restore`);
    await reads('first');
    expect((await body(a, '/api/admin/munki/files?deleted=true&q=kept')).items).toEqual([]);
    expect(await a.api('POST', `${file}/restore?uuid=${'0'.repeat(32)}`)).toMatchObject({
      status: 409,
      body: { type: 'urn:ods:problem:nothing-to-restore' },
    });
    expect(await a.api('POST', '/api/admin/munki/files/manifests%2Fnever/restore')).toMatchObject({
      status: 404,
      body: { type: 'urn:ods:problem:munki-file-not-found' },
    });
    // The names of both spaces stay apart.
    expect(await a.api('POST', `/api/admin/packages/${encodeURIComponent(`munki/${path}`)}/restore`)).toMatchObject({ status: 404 });
  });

  it('never names what is not there, whatever is replaced, deleted, brought in the wrong order and killed', async () => {
    const watches = [a, b, c].map(watch);
    const apps = Array.from({ length: 12 }, (_, index) => `App${index}`);
    const bytesOf = (app: string, round: number): Buffer => Buffer.alloc(40_000, `${app} ${round} `);
    for (const app of apps) {
      const bytes = bytesOf(app, 1);
      const files = [
        [`pkgs/${app}-1.pkg`, bytes],
        [`pkgsinfo/${app}.plist`, pkginfo(app, '1', bytes)],
      ] as const;
      for (const [path, body] of apps.indexOf(app) % 2 === 0 ? files : [...files].reverse()) await put(a, path, body);
    }
    await b.kill9();
    await b.start();
    // Packages and pkginfo files are replaced under their names, in both orders.
    for (const app of apps.slice(0, 6)) {
      const bytes = bytesOf(app, 2);
      const files = [
        [`pkgs/${app}-1.pkg`, bytes],
        [`pkgsinfo/${app}.plist`, pkginfo(app, '1', bytes)],
      ] as const;
      for (const [path, body] of apps.indexOf(app) % 2 === 0 ? files : [...files].reverse()) await put(a, path, body, '?confirm=true');
    }
    await c.kill9();
    await c.start();
    for (const app of apps.slice(10)) await remove(c, `pkgs/${app}-1.pkg`);
    const wanted = ['Tool', ...apps.slice(0, 10)].sort();
    for (const server of [a, b, c]) await eventually(async () => expect(await names(server)).toEqual(wanted), { timeoutMs: 90_000 });
    const seen = await Promise.all(watches.map((each) => each.end()));
    expect(seen.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const { right } of seen) expect(right).toBeGreaterThan(20);
    const tags = await Promise.all([a, b, c].map((server) => tagOf(server, 'catalogs/all')));
    expect(new Set(tags).size).toBe(1);
  });
});

describe('the guard against mass changes', () => {
  it('counts files of the Munki repository apart, and leaves packages alone', async () => {
    const server = await TestServer.start('guarded');
    try {
      const paths = Array.from({ length: 14 }, (_, index) => `manifests/m${index}`);
      for (const path of paths) await put(server, path, path);
      for (let index = 0; index < 12; index += 1) await server.upload(`Package${index}.pkg`, `package ${index}`);
      const answers = [];
      for (const path of paths) answers.push(await server.api('DELETE', `/api/admin/munki/files/${encodeURIComponent(path)}`));
      expect(answers[0]).toMatchObject({ status: 204 });
      expect(answers.at(-1)).toMatchObject({ status: 409, body: { type: 'urn:ods:problem:mass-delete-unconfirmed' } });
      expect((await server.api('DELETE', '/api/admin/packages/Package0.pkg')).status).toBe(204);
      expect((await server.api('DELETE', `/api/admin/munki/files/${encodeURIComponent(paths.at(-1)!)}?confirm=true`)).status).toBe(204);
    } finally {
      await server.dispose();
    }
  });
});
