import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { eventually } from '../support/eventually.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import type { ApiCalls } from './api-calls.js';
import { Visitor } from './visitor.js';

interface Places {
  readonly browser: Browser;
  readonly calls: ApiCalls;
  readonly berlin: TestServer;
  /** The administrator's at Berlin. */
  readonly own: { readonly username: string; readonly password: string };
  /** Registered with Berlin. */
  readonly oslo: TestServer;
  readonly atBerlin: Visitor;
}

const MB = 1_048_576;
/** Summaries of servers travel at their own pace. */
const patience = { timeoutMs: 120_000, everyMs: 500 };

/** What the console of one server shows of the whole network: here of a third server, which is registered with the second only. */
export function networkFlow(places: () => Places, complaints: string[]): void {
  let rome: TestServer;
  beforeAll(async () => {
    const { berlin, oslo, own } = places();
    await berlin.login(own);
    rome = await TestServer.start('rome');
    await rome.ok('POST', '/api/admin/about/update', { name: 'Rome', url: rome.url });
    const { url, iss, key } = await oslo.ok<Record<'url' | 'iss' | 'key', string>>('GET', '/api/admin/about');
    await rome.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });
  afterAll(async () => {
    const { oslo } = places();
    const { items } = await oslo.ok<{ items: { id: number; name: string }[] }>('GET', '/api/admin/registered_ods');
    for (const { id, name } of items) if (name === 'Rome') await oslo.ok('DELETE', `/api/admin/registered_ods/${id}`);
    await rome.dispose();
  });
  const isSeen = (text: string | RegExp) =>
    eventually(async () => expect(await places().atBerlin.page.getByText(text).count()).toBeGreaterThan(0), patience);

  it('shows servers that are registered elsewhere, and what is where', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Network');
    await isSeen('3 of 3 servers are in sync.');
    await atBerlin.row('Rome', 'The whole network').getByText('known through other servers').waitFor();
    await atBerlin.look('network-three');
    await atBerlin.page.getByRole('link', { name: 'Package locations' }).click();
    await atBerlin.heading('Every package is everywhere it belongs').waitFor();
    await atBerlin.look('matrix-complete');
    await atBerlin.button('Show all packages').click();
    const row = atBerlin.row('NoMAD.pkg');
    await row.getByRole('button', { name: 'Here' }).last().click();
    await atBerlin.reads('Rome has it.');
    await atBerlin.look('matrix-all');
  });

  it('shows which blocks of a package are here while it comes', async () => {
    const { browser, calls, berlin } = places();
    await rome.ok('PATCH', '/api/admin/replication', { download_limit: MB });
    expect((await berlin.upload('Inkscape.dmg', randomBytes(24 * MB))).status).toBe(201);
    const atRome = await Visitor.arrive(browser, rome.url, calls);
    await atRome.signIn(ADMIN);
    await atRome.heading('Overview').waitFor();
    await eventually(async () => void (await rome.ok('GET', '/api/admin/packages/Inkscape.dmg')), patience);
    await atRome.go('/packages/Inkscape.dmg');
    await atRome.reads(/^[1-9]\d* of 24 blocks are here\.$/);
    await atRome.look('package-blocks-here');
    await rome.ok('PATCH', '/api/admin/replication', { download_limit: null });
    await eventually(async () => expect(await atRome.page.getByText('Public', { exact: true }).count()).toBe(1), patience);
    await atRome.leave();
    complaints.push(...atRome.complaints);
  });

  it('says why a package is not where it belongs', async () => {
    const { atBerlin, berlin } = places();
    await rome.restart({ DISK_RESERVE_BYTES: 2 ** 50 });
    expect((await berlin.upload('Blender.dmg', randomBytes(3 * MB))).status).toBe(201);
    await atBerlin.go('/network/packages');
    const missing = atBerlin.row('Blender.dmg').getByRole('button', { name: 'Missing' });
    const here = atBerlin.row('Blender.dmg').getByRole('button', { name: 'Here' });
    // At first it is missing at Oslo, too.
    await eventually(async () => expect([await here.count(), await missing.count()]).toEqual([2, 1]), patience);
    await missing.click();
    await atBerlin.page
      .getByRole('cell', { name: /^Rome has not got it: / })
      .first()
      .waitFor();
    await atBerlin.page.getByLabel('Only servers that lack something').check();
    await atBerlin.reads('Servers 1 to 1 of 1');
    await atBerlin.look('matrix');
    await atBerlin.page.getByRole('link', { name: 'Blender.dmg' }).click();
    await atBerlin.heading('Where it is').waitFor();
    await atBerlin.reads(/^It is on 2 of the 3 servers it belongs on\./);
    await atBerlin.look('package-where');
  });

  it('forgets a server that was taken out of service', async () => {
    const { atBerlin } = places();
    await rome.stop();
    await atBerlin.open('Network');

    await atBerlin.button('Hide Rome').click();
    await atBerlin.dialog().waitFor();
    await atBerlin.look('forget-dialog');
    await atBerlin.dialog().getByRole('button', { name: 'Hide', exact: true }).click();
    await atBerlin.row('Rome').waitFor({ state: 'detached' });
  });
}
