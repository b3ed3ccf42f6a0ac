import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, someBytes } from './packages.js';

/** An entry is lost as no position in a feed can notice: both have sent each other everything. */
async function lose(server: TestServer, ...filenames: string[]): Promise<void> {
  const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'), { timeout: 10_000 });
  for (const filename of filenames) database.prepare('DELETE FROM package WHERE filename = ?').run(filename);
  database.close();
  await server.restart();
}

interface Network {
  readonly notices: { readonly kind: string; readonly severity: string; readonly sentence: string }[];
}

describe.each([
  ['that can call each other', 'Disabled'],
  ['of which one is firewalled', 'Enabled'],
] as const)('two servers %s, whose catalogs differ though everything was sent', (_which, firewalledMode) => {
  let oslo: TestServer;
  let lab: TestServer;
  beforeAll(async () => {
    const settings = { REPAIR_SECONDS: 2, RECONCILE_SECONDS: 3_600 };
    [oslo, lab] = [await TestServer.start('Oslo', settings), await TestServer.start('Lab', settings)];
    await oslo.ok('POST', '/api/admin/about/update', { name: 'Oslo', url: oslo.url });
    await lab.ok('POST', '/api/admin/about/update', { name: 'Lab', url: lab.url, firewalled_mode: firewalledMode });
    const { url, iss, key } = await oslo.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
    await lab.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });
  afterAll(() => Promise.all([oslo?.dispose(), lab?.dispose()]));

  it('repair them in both directions, and say how much', async () => {
    for (let index = 0; index < 4; index += 1) await oslo.upload(`oslo-${index}.pkg`, someBytes(500));
    for (let index = 0; index < 4; index += 1) await lab.upload(`lab-${index}.pkg`, someBytes(500));
    for (let index = 0; index < 4; index += 1) {
      await hasState(lab, `oslo-${index}.pkg`, 'Public');
      await hasState(oslo, `lab-${index}.pkg`, 'Public');
    }
    await lose(lab, 'oslo-0.pkg', 'oslo-1.pkg');
    await lose(oslo, 'lab-2.pkg');

    for (const name of ['oslo-0.pkg', 'oslo-1.pkg']) await hasState(lab, name, 'Public', 90_000);
    await hasState(oslo, 'lab-2.pkg', 'Public', 90_000);
    expect((await catalogOf(lab)).sort()).toEqual((await catalogOf(oslo)).sort());
    const sentences = async (server: TestServer): Promise<string> =>
      (await server.ok<Network>('GET', '/api/admin/network')).notices.map(({ sentence }) => sentence).join(' ');
    await eventually(async () =>
      expect(`${await sentences(lab)} ${await sentences(oslo)}`).toMatch(/repaired \d entr(y|ies) (from|at) Oslo/),
    );
    const counted = async (server: TestServer): Promise<number> =>
      [...(await (await fetch(`${server.url}/metrics`)).text()).matchAll(/^ods_repaired_entries_total\{.*\} (\d+)$/gm)]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0);
    expect((await counted(lab)) + (await counted(oslo))).toBeGreaterThanOrEqual(3);
  });

  it('leave each other alone once they agree', async () => {
    const repairs = (server: TestServer): number => server.logs.split('differed; repaired').length;
    const [before, same] = [repairs(oslo) + repairs(lab), await catalogOf(oslo)];
    await oslo.upload('one-more.pkg', someBytes(500));
    await hasState(lab, 'one-more.pkg', 'Public');
    await eventually(async () => expect((await catalogOf(lab)).length).toBe(same.length + 1));
    expect(repairs(oslo) + repairs(lab)).toBe(before);
  });
});
