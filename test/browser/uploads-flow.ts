import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '../support/services.js';
import { MB, OWN, type Places } from './places.js';

/** Files in, paused, resumed, cancelled and replaced. */
export function uploadsFlow(places: () => Places): void {
  it('shows how far they are, and what came of them', async () => {
    const { atBerlin } = places();
    const session = await atBerlin.context.newCDPSession(atBerlin.page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * MB };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow);
    await atBerlin.page.locator('input[type=file]').setInputFiles([
      { name: 'Firefox 133.0.pkg', mimeType: 'application/octet-stream', buffer: randomBytes(8 * MB) },
      { name: 'NoMAD.pkg', mimeType: 'application/octet-stream', buffer: randomBytes(300_000) },
    ]);
    await atBerlin.page.getByRole('progressbar', { name: 'Upload of Firefox 133.0.pkg' }).waitFor();
    await atBerlin.reads(/MiB sent/);
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await atBerlin.eventually(async () => expect(await atBerlin.page.getByText('Uploaded and verified.').count()).toBe(2));
    await atBerlin.row('Firefox 133.0.pkg').getByText('Public').waitFor();
    await atBerlin.look('packages-uploaded');
  });

  it('are paused, survive a reload, and go on where they stopped', async () => {
    const { berlin, atBerlin } = places();
    const file = { name: 'Xcode.dmg', mimeType: 'application/octet-stream', buffer: randomBytes(12 * MB) };
    const input = atBerlin.page.locator('input[type=file]');
    const kept = path.join(scratchDir('upload'), file.name);
    writeFileSync(kept, file.buffer);
    await atBerlin.button('Clear finished uploads').click();
    const session = await atBerlin.context.newCDPSession(atBerlin.page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * MB };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow);
    await input.setInputFiles(kept);
    await atBerlin.reads(/[1-9][\d.]* MiB sent/);
    await atBerlin.button('Pause Xcode.dmg').click();
    await atBerlin.reads(/^Paused at/);
    await atBerlin.look('packages-paused');
    await atBerlin.button('Resume Xcode.dmg').click();
    await atBerlin.page.getByRole('progressbar', { name: 'Upload of Xcode.dmg' }).waitFor();
    await atBerlin.page.reload();
    await atBerlin.reads('Started before this page was loaded.');
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    const from = atBerlin.page.waitForRequest((request) => request.method() === 'PATCH' && request.url().includes('/resumable/'));
    await input.setInputFiles(kept);
    expect(Number((await from).headers()['upload-offset'])).toBeGreaterThan(0);
    await atBerlin.reads('Uploaded and verified.');
    expect((await berlin.downloaded('Xcode.dmg')).equals(file.buffer)).toBe(true);
  });

  it('are cancelled', async () => {
    const { atBerlin } = places();
    await atBerlin.button('Clear finished uploads').click();
    const session = await atBerlin.context.newCDPSession(atBerlin.page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: MB };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow);
    const file = { name: 'Unwanted.dmg', mimeType: 'application/octet-stream', buffer: randomBytes(8 * MB) };
    await atBerlin.page.locator('input[type=file]').setInputFiles(file);
    await atBerlin.reads(/MiB sent/);
    await atBerlin.button('Cancel Unwanted.dmg').click();
    await atBerlin.reads('Cancelled. Nothing was kept.');
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
    await atBerlin.button('Clear finished uploads').click();
    await atBerlin.row('Xcode.dmg').waitFor();
    await atBerlin.button('Actions for Xcode.dmg').click();
    await atBerlin.menuItem('Delete…').click();
    await atBerlin.button('Delete everywhere').click();
    await atBerlin.row('Xcode.dmg').waitFor({ state: 'detached' });
  });

  it('asks before it replaces what has the name', async () => {
    const { atBerlin } = places();
    atBerlin.expect('409 /api/admin/upload');
    await atBerlin.page.locator('input[type=file]').setInputFiles({
      name: 'NoMAD.pkg',
      mimeType: 'application/octet-stream',
      buffer: randomBytes(400_000),
    });
    await atBerlin.button('Replace…').click();
    await atBerlin.dialog().waitFor();
    await atBerlin.look('replace-dialog');
    await atBerlin.button('Replace everywhere').click();
    await atBerlin.reads('Uploaded and verified.');
    await atBerlin.button('Clear finished uploads').click();
  });

  it('name the servers that will serve them, and warn when there is none', async () => {
    const { atBerlin } = places();
    await atBerlin.reads(/^Served by .* \(this server\)\.$/);
    await atBerlin.page.getByRole('combobox', { name: 'Stage' }).first().click();
    await atBerlin.page.getByRole('option', { name: 'Dev' }).click();
    await atBerlin.reads('No server serves packages of the stage Dev: they are stored here and offered nowhere.');
    await atBerlin.look('packages-served-nowhere');
  });

  it('are dropped anywhere in the window, and the same content again changes no stage', async () => {
    const { atBerlin, berlin } = places();
    const dropped = async (): Promise<void> => {
      await atBerlin.open('Network');
      await atBerlin.page.evaluate(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['dropped beside every box'], 'Dropped.pkg'));
        for (const type of ['dragover', 'drop'])
          document.querySelector('h1').dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      })()`);
      await atBerlin.heading('Packages').waitFor();
    };
    await dropped();
    await atBerlin.row('Dropped.pkg').getByText('Withdrawn').waitFor();
    await atBerlin.reads(/^It belongs on no server|^No server/);
    await atBerlin.button('Clear finished uploads').click();
    await atBerlin.button('Promote Dropped.pkg to Test').click();
    await atBerlin.row('Dropped.pkg').getByText('Test', { exact: true }).waitFor();
    await dropped();
    await atBerlin.reads('It was here already, with exactly this content. Its stage is still Test: promote or demote it in the list.');
    await atBerlin.button('Clear finished uploads').click();
    await atBerlin.page.getByRole('link', { name: 'Dropped.pkg' }).click();
    await atBerlin.reads('None: this server does not serve it now.');
    await atBerlin.open('Packages');
    await berlin.login(OWN);
    await berlin.ok('DELETE', '/api/admin/packages/Dropped.pkg');
    await atBerlin.row('Dropped.pkg').waitFor({ state: 'detached' });
    await atBerlin.page.getByRole('combobox', { name: 'Stage' }).first().click();
    await atBerlin.page.getByRole('option', { name: 'This server' }).click();
  });
}
