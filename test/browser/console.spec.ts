import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { isLeftOut, scratchDir } from '../support/services.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { ApiCalls } from './api-calls.js';
import { startChromium } from './chromium.js';
import { exceptions, unbuilt } from './exceptions.js';
import { networkFlow } from './network-flow.js';
import { notificationsFlow } from './notifications-flow.js';
import { Visitor } from './visitor.js';
import { webhooksFlow } from './webhooks-flow.js';

jest.setTimeout(180_000);

const MB = 1_048_576;
const FIRST = { username: 'admin', password: 'ods1234!' } as const;
const OWN = { username: 'admin', password: 'four calm otters swim' } as const;

(isLeftOut('chromium') ? describe.skip : describe)('the console in a browser', () => {
  const calls = new ApiCalls();
  let browser: Browser;
  let berlin: TestServer;
  let oslo: TestServer;
  let atBerlin: Visitor;
  let atOslo: Visitor;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await startChromium();
    berlin = await TestServer.start('berlin', { ADMIN_PASSWORD: undefined, WEBHOOK_ALLOW_LOCAL: 'true' });
    oslo = await TestServer.start('oslo');
    await oslo.ok('POST', '/api/admin/about/update', { name: 'Oslo', url: oslo.url });
    atBerlin = await Visitor.arrive(browser, berlin.url, calls);
    atOslo = await Visitor.arrive(browser, oslo.url, calls);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([berlin.dispose(), oslo.dispose()]);
  });

  describe('at the door', () => {
    it('says why a sign-in fails', async () => {
      atBerlin.expect('401 /api/admin/auth/login');
      await atBerlin.look('sign-in');
      await atBerlin.signIn({ ...FIRST, password: 'wrong' });
      await atBerlin.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
      await atBerlin.look('sign-in-refused');
    });

    it('asks for a password of one’s own before anything else', async () => {
      await atBerlin.signIn(FIRST);
      await atBerlin.heading('Set a new password').waitFor();
      await atBerlin.go('/packages');
      await atBerlin.heading('Set a new password').waitFor();
      await atBerlin.look('set-password');
      await atBerlin.page.getByLabel('Current password').fill(FIRST.password);
      await atBerlin.page.getByLabel('New password', { exact: true }).fill(OWN.password);
      await atBerlin.page.getByLabel('New password, once more').fill(OWN.password);
      await atBerlin.button('Set password').click();
      await atBerlin.heading('First steps').waitFor();
      await atBerlin.look('overview-first-steps');
      await atBerlin.open('Packages');
      await atBerlin.heading('No packages yet').waitFor();
      await atBerlin.look('packages-empty');
    });

    it('is light: less than 250 kB compressed before anybody has signed in', async () => {
      const page = await (await fetch(berlin.url)).text();
      const files = [...page.matchAll(/(?:src|href)="([\w-]+\.(?:js|css))"/g)].map(([, file]) => file!);
      const sizes = await Promise.all(
        files.map(async (file) => gzipSync(Buffer.from(await (await fetch(`${berlin.url}/${file}`)).arrayBuffer())).length),
      );
      expect(files.length).toBeGreaterThan(1);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
    });

    it('stays open over a reload', async () => {
      await atBerlin.page.reload();
      await atBerlin.heading('Packages').waitFor();
    });
  });

  describe('uploads', () => {
    it('shows how far they are, and what came of them', async () => {
      const session = await atBerlin.context.newCDPSession(atBerlin.page);
      const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 2 * MB };
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', slow);
      await atBerlin.page.locator('input[type=file]').setInputFiles([
        { name: 'Firefox 133.0.pkg', mimeType: 'application/octet-stream', buffer: randomBytes(8 * MB) },
        { name: 'NoMAD.pkg', mimeType: 'application/octet-stream', buffer: randomBytes(300_000) },
      ]);
      await atBerlin.page.getByRole('progressbar', { name: 'Upload of Firefox 133.0.pkg' }).waitFor();
      await atBerlin.reads(/MB sent/);
      await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
      await atBerlin.eventually(async () => expect(await atBerlin.page.getByText('Uploaded and verified.').count()).toBe(2));
      await atBerlin.row('Firefox 133.0.pkg').getByText('Public').waitFor();
      await atBerlin.look('packages-uploaded');
    });

    it('are paused, survive a reload, and go on where they stopped', async () => {
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
      await atBerlin.reads(/[1-9][\d.]* MB sent/);
      await atBerlin.button('Pause Xcode.dmg').click();
      await atBerlin.reads(/^Paused at/);
      await atBerlin.look('packages-paused');
      await atBerlin.button('Resume Xcode.dmg').click();
      await atBerlin.page.getByRole('progressbar', { name: 'Upload of Xcode.dmg' }).waitFor();
      await atBerlin.page.reload();
      await atBerlin.reads('Begun before this page was loaded.');
      await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });
      const from = atBerlin.page.waitForRequest((request) => request.method() === 'PATCH' && request.url().includes('/resumable/'));
      await input.setInputFiles(kept);
      expect(Number((await from).headers()['upload-offset'])).toBeGreaterThan(0);
      await atBerlin.reads('Uploaded and verified.');
      expect((await berlin.downloaded('Xcode.dmg')).equals(file.buffer)).toBe(true);
    });

    it('are cancelled', async () => {
      await atBerlin.button('Clear finished uploads').click();
      const session = await atBerlin.context.newCDPSession(atBerlin.page);
      const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: MB };
      await session.send('Network.enable');
      await session.send('Network.emulateNetworkConditions', slow);
      const file = { name: 'Unwanted.dmg', mimeType: 'application/octet-stream', buffer: randomBytes(8 * MB) };
      await atBerlin.page.locator('input[type=file]').setInputFiles(file);
      await atBerlin.reads(/MB sent/);
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
  });

  describe('a package', () => {
    it('is found by its name, and has a page', async () => {
      await atBerlin.page.getByLabel('Search by name').fill('fire');
      await atBerlin.eventually(async () => expect(await atBerlin.row('NoMAD.pkg').count()).toBe(0));
      expect(atBerlin.page.url()).toContain('q=fire');
      await atBerlin.page.getByRole('link', { name: 'Firefox 133.0.pkg' }).click();
      await atBerlin.heading('Firefox 133.0.pkg').waitFor();
      await atBerlin.reads('SHA-256');
      await atBerlin.look('package');
    });

    it('is verified, described, and demoted after a question', async () => {
      await atBerlin.button('Verify the content on disk').click();
      await atBerlin.reads('The content on disk is exactly what was uploaded.');
      await atBerlin.page.getByLabel('Notes for other administrators').fill('For the reception desks.');
      await atBerlin.button('Save notes').click();
      await atBerlin.reads('The notes are saved, on every server.');
      await atBerlin.button('Change').click();
      await atBerlin.menuItem('Demote to Test').click();
      await atBerlin.dialog().waitFor();
      await atBerlin.look('demote-dialog');
      await atBerlin.button('Demote to Test').click();
      await atBerlin.reads('Firefox 133.0.pkg: now Test, on every server.');
      await atBerlin.button('Change').click();
      await atBerlin.menuItem('Promote to Prod').click();
      await atBerlin.reads('Firefox 133.0.pkg: now Prod, on every server.');
    });

    it('shows its blocks', async () => {
      await atBerlin.page.getByText('Blocks (8)').click();
      await atBerlin.reads(/^7: [0-9a-f]{40}$/);
      await atBerlin.look('package-blocks');
    });

    it('is promoted and deleted together with others, and both are taken back', async () => {
      await atBerlin.open('Packages');
      await atBerlin.row('NoMAD.pkg').waitFor();
      await atBerlin.page.getByRole('checkbox', { name: 'Choose all on this page' }).click();
      await atBerlin.reads('2 chosen');
      await atBerlin.look('packages-chosen');
      await atBerlin.button('Set to Test').click();
      await atBerlin.button('Demote to Test').click();
      await atBerlin.reads('2 packages: now Test, on every server.');
      await atBerlin.button('Undo').click();
      await atBerlin.row('NoMAD.pkg').getByText('Prod').waitFor();
      await atBerlin.page.getByRole('checkbox', { name: 'Choose NoMAD.pkg' }).click();
      await atBerlin.button('Delete the chosen…').click();
      await atBerlin.button('Delete everywhere').click();
      await atBerlin.row('NoMAD.pkg').waitFor({ state: 'detached' });
      await atBerlin.button('Undo').click();
      await atBerlin.row('NoMAD.pkg').getByText('Public').waitFor();
    });

    it('comes back in its earlier version', async () => {
      await atBerlin.open('Packages');
      await atBerlin.page.getByRole('link', { name: 'NoMAD.pkg' }).click();
      await atBerlin.reads('390.6 KB');
      await atBerlin.button('Change').click();
      await atBerlin.menuItem('Restore the earlier version').click();
      await atBerlin.reads('293.0 KB');
    });
  });

  describe('two servers', () => {
    it('this one gets a name and an address', async () => {
      await atBerlin.open('Admin');
      await atBerlin.button('Edit').click();
      await atBerlin.dialog().waitFor();
      await atBerlin.look('edit-server-dialog');
      await atBerlin.page.getByLabel('Name', { exact: true }).fill('Berlin');
      await atBerlin.button(`Use ${berlin.url}`).click();
      await atBerlin.button('Save').click();
      await atBerlin.reads('Saved.');
      await atBerlin.button('New key…').click();
      await atBerlin.button('Make a new key').click();
      await atBerlin.reads('There is a new key.');
      await atBerlin.reads('Memory available');
      await atBerlin.look('admin');
    });

    it('are registered by one pasted invitation', async () => {
      await atOslo.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await atOslo.signIn(ADMIN);
      await atOslo.heading('Overview').waitFor();
      await atOslo.open('Network');
      await atOslo.button('Copy invitation').click();
      await atOslo.reads('Copied the invitation.');
      const invitation = await atOslo.page.evaluate<string>('navigator.clipboard.readText()');
      expect(invitation).toMatch(/^ods-invite:/);
      await atBerlin.open('Network');
      await atBerlin.heading('This server is alone').waitFor();
      await atBerlin.look('network-alone');
      await atBerlin.page.getByLabel('Invitation').fill(invitation);
      await atBerlin.button('Register').click();
      await atBerlin.row('Oslo', 'Registered servers').getByText('In sync').waitFor();
      await atOslo.row('Berlin', 'Registered servers').waitFor();
      await atBerlin.look('network');
    });

    it('the overview says that all is well', async () => {
      await atBerlin.open('Overview');
      await atBerlin.heading('All is well').waitFor();
      await atBerlin.look('overview');
    });

    it('what was there arrives at the other while one looks', async () => {
      await atOslo.open('Packages');
      await atOslo.row('Firefox 133.0.pkg').getByText('Public').waitFor();
      await atOslo.row('NoMAD.pkg').getByText('Public').waitFor();
    });

    it('what is uploaded now arrives at the other while one looks', async () => {
      await atBerlin.open('Packages');
      await atBerlin.page
        .locator('input[type=file]')
        .setInputFiles({ name: 'Atom.dmg', mimeType: 'application/octet-stream', buffer: randomBytes(5 * MB) });
      await atOslo.row('Atom.dmg').getByText('Public').waitFor();
      await atOslo.look('packages');
      await atOslo.open('Activity');
      await atOslo.row('Atom.dmg').getByText('Arrived').waitFor();
      await atOslo.look('activity');
    });

    it('pause, go on, compare, and part', async () => {
      await atBerlin.open('Network');
      const act = async (item: string) => {
        await atBerlin.button('Actions for Oslo').click();
        await atBerlin.menuItem(item).click();
      };
      await act('Sync now');
      await atBerlin.reads('Comparing with Oslo now.');
      await act('Pause');
      await atBerlin.row('Oslo', 'Registered servers').getByText('Paused').waitFor();
      await act('Resume');
      await atBerlin.row('Oslo', 'Registered servers').getByText('In sync').waitFor();
    });

    it('a delete reaches both', async () => {
      await atOslo.open('Packages');
      await atBerlin.open('Packages');
      await atBerlin.button('Actions for Atom.dmg').click();
      await atBerlin.menuItem('Delete…').click();
      await atBerlin.dialog().waitFor();
      await atBerlin.look('delete-dialog');
      await atBerlin.button('Delete everywhere').click();
      await atBerlin.reads('Atom.dmg: deleted.');
      await atBerlin.row('Atom.dmg').waitFor({ state: 'detached' });
      await atOslo.row('Atom.dmg').waitFor({ state: 'detached' });
    });
  });

  describe('the whole network', () => networkFlow(() => ({ browser, calls, berlin, own: OWN, oslo, atBerlin }), complaints));

  describe('a transfer', () => {
    it('that waits for room says so, is cancelled, and fetched after all', async () => {
      await atOslo.open('Activity');
      atOslo.awaitOutage();
      await oslo.stop();
      await atOslo.reads('The server does not answer.');
      await atOslo.look('server-down');
      await oslo.start({ DISK_RESERVE_BYTES: 2 ** 50, MASS_DELETE_PACKAGES: 1, MASS_DELETE_PERCENT: 1 });
      await atOslo.page.getByText('The server does not answer.').waitFor({ state: 'detached' });
      atOslo.outageIsOver();
      await berlin.login(OWN);
      expect((await berlin.upload('Gimp.dmg', randomBytes(2 * MB))).status).toBe(201);
      await atOslo.row('Gimp.dmg').getByText('Waiting').waitFor();
      await atOslo.look('activity-waiting');
      await atOslo.button('Cancel').click();
      await atOslo.row('Gimp.dmg').getByText('Cancelled').waitFor();
      await atOslo.reads('Gimp.dmg is cancelled. It can be fetched after all.');
      await atOslo.button('Copy as curl').waitFor();
      await atOslo.button('Fetch after all').click();
      await atOslo.row('Gimp.dmg').getByText('Waiting').waitFor();
    });
  });

  describe('a mass delete elsewhere', () => {
    const removeAtBerlin = async (name: string) => {
      await atBerlin.open('Packages');
      await atBerlin.button(`Actions for ${name}`).click();
      await atBerlin.menuItem('Delete…').click();
      await atBerlin.button('Delete everywhere').click();
      await atBerlin.row(name).waitFor({ state: 'detached' });
    };

    it('is held here, and taken back when somebody says so', async () => {
      await removeAtBerlin('NoMAD.pkg');
      await atOslo.open('Network');
      await atOslo.reads('1 package was deleted elsewhere, and kept here until somebody decides.');
      await atOslo.go('/packages/NoMAD.pkg');
      await atOslo.reads('Berlin took it away, together with many others.');
      await atOslo.look('package-held');
      await atOslo.open('Overview');
      await atOslo.page.getByRole('link', { name: 'Decide' }).click();
      await atOslo.row('NoMAD.pkg').getByText('Berlin').waitFor();
      await atOslo.look('held-deletes');
      await atOslo.page.getByRole('checkbox', { name: 'NoMAD.pkg' }).click();
      await atOslo.button('Keep the 1 chosen…').click();
      await atOslo.button('Keep them').click();
      await atOslo.heading('Nothing is held').waitFor();
      await atBerlin.row('NoMAD.pkg').getByText('Public').waitFor();
    });

    it('or carried out', async () => {
      await removeAtBerlin('Firefox 133.0.pkg');
      await atOslo.row('Firefox 133.0.pkg').waitFor();
      await atOslo.button('Delete all…').click();
      await atOslo.button('Delete them here').click();
      await atOslo.heading('Nothing is held').waitFor();
    });
  });

  describe('limits', () => {
    it('of this server are set, and fetching pauses', async () => {
      await atBerlin.open('Admin');
      await atBerlin.button('Change limits').click();
      await atBerlin.page.getByLabel('Fetch at most, MB per second').fill('20');
      await atBerlin.page.getByRole('switch', { name: 'Fetch only at certain hours' }).click();
      await atBerlin.look('limits-dialog');
      await atBerlin.page.getByRole('switch', { name: 'Fetch only at certain hours' }).click();
      await atBerlin.button('Save').click();
      await atBerlin.reads('at most 20.0 MB/s');
      await atBerlin.button('Pause fetching').click();
      await atBerlin.button('Go on fetching').click();
      await atBerlin.reads('Allowed now');
      await atBerlin.look('admin-limits');
    });

    it('of one other server are set', async () => {
      await atBerlin.open('Network');
      await atBerlin.button('Actions for Oslo').click();
      await atBerlin.menuItem('Limits…').click();
      await atBerlin.page.getByLabel('Give to there at most, MB per second').fill('5');
      await atBerlin.look('peer-limits-dialog');
      await atBerlin.button('Save').click();
      await atBerlin.row('Oslo', 'Registered servers').getByText('to there at most 5.0 MB/s').waitFor();
    });
  });

  describe('e-mail', () => notificationsFlow(() => atBerlin));

  describe('webhooks', () => webhooksFlow(() => ({ allowed: atBerlin, refused: atOslo })));

  describe('users and tokens', () => {
    it('lets somebody in, who sees what a viewer may see', async () => {
      await atBerlin.open('Users', 'Users and tokens');
      await atBerlin.button('Add a user').click();
      await atBerlin.page.getByLabel('User name').fill('grete');
      await atBerlin.page.getByLabel('First password').fill('a first password');
      await atBerlin.look('user-dialog');
      await atBerlin.button('Add').click();
      await atBerlin.row('grete').getByText('First password not changed yet').waitFor();
      const grete = await Visitor.arrive(browser, berlin.url, calls);
      await grete.signIn({ username: 'grete', password: 'a first password' });
      await grete.page.getByLabel('Current password').fill('a first password');
      await grete.page.getByLabel('New password', { exact: true }).fill('seven green bottles');
      await grete.page.getByLabel('New password, once more').fill('seven green bottles');
      await grete.button('Set password').click();
      await grete.heading('Overview').waitFor();
      await grete.open('Packages');
      await grete.row('NoMAD.pkg').waitFor();
      expect(await grete.button('Choose files').count()).toBe(0);
      expect(await grete.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
      await grete.look('packages-viewer');
      await grete.open('Network');
      await grete.row('Oslo', 'Registered servers').waitFor();
      await grete.open('Admin');
      await grete.reads('Memory available');
      await grete.leave();
      complaints.push(...grete.complaints);
    });

    it('changes a role, keeps somebody out, and removes them', async () => {
      const act = async (item: string) => {
        await atBerlin.button('Actions for grete').click();
        await atBerlin.menuItem(item).click();
      };
      await act('Make publisher');
      await atBerlin.row('grete').getByText('publisher').waitFor();
      await act('Disable');
      await atBerlin.row('grete').getByText('Disabled').waitFor();
      await atBerlin.look('users');
      await act('Remove…');
      await atBerlin.button('Remove').click();
      await atBerlin.row('grete').waitFor({ state: 'detached' });
    });

    it('makes a token that works, and revokes it', async () => {
      await atBerlin.button('Make a token').click();
      await atBerlin.page.getByLabel('Name').fill('build server');
      await atBerlin.look('token-dialog');
      await atBerlin.button('Make the token').click();
      await atBerlin.heading('Copy the token now').waitFor();
      await atBerlin.look('token-secret');
      const secret = await atBerlin.dialog().locator('.mono').innerText();
      const list = () => fetch(`${berlin.url}/api/admin/packages`, { headers: { authorization: `Bearer ${secret}` } });
      expect((await list()).status).toBe(200);
      await atBerlin.button('I have it').click();
      await atBerlin.row('build server').getByText('publisher').waitFor();
      await atBerlin.button('Revoke… build server').click();
      await atBerlin.button('Revoke').click();
      await atBerlin.row('build server').waitFor({ state: 'detached' });
      expect((await list()).status).toBe(401);
    });
  });

  describe('the audit trail', () => {
    it('tells who did what, finds it, and is saved', async () => {
      await atBerlin.open('Audit', 'Audit trail');
      await atBerlin.row('Token revoked').getByText('build server').waitFor();
      await atBerlin.look('audit');
      await atBerlin.page.getByLabel('Package, user, token or server').fill('NoMAD.pkg');
      await atBerlin.row('Package deleted').first().waitFor();
      await atBerlin.row('Token revoked').waitFor({ state: 'detached' });
      const download = atBerlin.page.waitForEvent('download');
      await atBerlin.button('Save as CSV').click();
      expect((await download).suggestedFilename()).toBe('audit.csv');
    });
  });

  describe('a sign-in that was ended elsewhere', () => {
    it('is renewed on top of the page, and nothing is lost', async () => {
      await atBerlin.open('Network');
      await atBerlin.page.getByLabel('URL', { exact: true }).fill('https://half.typed');
      atBerlin.expect('401 *');
      const next = { current_password: OWN.password, new_password: 'five calm otters swim' };
      await berlin.ok('POST', '/api/admin/auth/password', next);
      await atBerlin.heading('Please sign in again').waitFor();
      await atBerlin.look('sign-in-again');
      await atBerlin.signIn({ ...OWN, password: next.new_password });
      await atBerlin.dialog().waitFor({ state: 'detached' });
      await atBerlin.row('Oslo', 'Registered servers').waitFor();
      expect(await atBerlin.page.getByLabel('URL', { exact: true }).inputValue()).toBe('https://half.typed');
      atBerlin.unexpect('401 *');
    });
  });

  describe('at the end', () => {
    it('unregisters', async () => {
      await atBerlin.open('Network');
      await atBerlin.button('Actions for Oslo').click();
      await atBerlin.menuItem('Unregister…').click();
      await atBerlin.dialog().waitFor();
      await atBerlin.look('unregister-dialog');
      await atBerlin.page.keyboard.press('Escape');
      await atBerlin.dialog().waitFor({ state: 'detached' });
      const focused = () => atBerlin.page.evaluate<string>('document.activeElement.getAttribute("aria-label")');
      await atBerlin.eventually(async () => expect(await focused()).toBe('Actions for Oslo'));
      await atBerlin.page.keyboard.press('Enter');
      await atBerlin.menuItem('Unregister…').click();
      await atBerlin.button('Unregister').click();
      await atBerlin.heading('This server is alone').waitFor();
    });

    it('signs out', async () => {
      atBerlin.expect('401 *'); // what was asked in the same moment comes too late
      await atBerlin.button('Signed in as admin').click();
      await atBerlin.menuItem('Sign out').click();
      await atBerlin.page.getByLabel('User name').waitFor();
      await atBerlin.go('/packages');
      await atBerlin.page.getByLabel('User name').waitFor();
    });

    it('nothing was complained about, and no request left the server', () => {
      expect([...complaints, ...atBerlin.complaints, ...atOslo.complaints]).toEqual([]);
    });
  });

  describe('the API and the console', () => {
    it('every operation is called by a page, or has a reason not to be in exceptions.ts', () => {
      const isUnbuilt = (path: string) => unbuilt.some((prefix) => path.startsWith(prefix));
      const missing = calls.missing.filter(({ id, template }) => !(id in exceptions) && !isUnbuilt(template));
      expect(missing).toEqual([]);
    });

    it('no page calls what is not in the document', () => {
      expect(calls.undocumented).toEqual([]);
    });

    it('no exception is called after all', () => {
      expect(Object.keys(exceptions).filter((id) => calls.has(id))).toEqual([]);
    });
  });
});
