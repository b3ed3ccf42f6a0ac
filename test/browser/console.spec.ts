import { randomBytes } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { isLeftOut } from '../support/services.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { ApiCalls } from './api-calls.js';
import { startChromium } from './chromium.js';
import { deletedFlow } from './deleted-flow.js';
import { doorFlow } from './door-flow.js';
import { exceptions } from './exceptions.js';
import { heldFlow } from './held-flow.js';
import { inspectionFlow } from './inspection-flow.js';
import { jamfFlow } from './jamf-flow.js';
import { limitsFlow } from './limits-flow.js';
import { linksFlow } from './links-flow.js';
import { networkFlow } from './network-flow.js';
import { notificationsFlow } from './notifications-flow.js';
import { oidcFlow } from './oidc-flow.js';
import { packagesFlow } from './packages-flow.js';
import { peopleFlow } from './people-flow.js';
import { MB, OWN } from './places.js';
import { munkiFlow } from './munki-flow.js';
import { retentionFlow } from './retention-flow.js';
import { shortcutsFlow } from './shortcuts-flow.js';
import { trustFlow } from './trust-flow.js';
import { uploadsFlow } from './uploads-flow.js';
import { Visitor } from './visitor.js';
import { webhooksFlow } from './webhooks-flow.js';

(isLeftOut('chromium') ? describe.skip : describe)('the console in a browser', () => {
  const calls = new ApiCalls();
  let browser: Browser;
  let berlin: TestServer;
  let oslo: TestServer;
  let atBerlin: Visitor;
  let atOslo: Visitor;
  const complaints: string[] = [];
  const places = () => ({ browser, calls, berlin, oslo, atBerlin, atOslo });

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

  describe('at the door', () => doorFlow(places));

  describe('uploads', () => uploadsFlow(places));

  describe('a package', () => packagesFlow(places));

  describe('links', () => linksFlow(places));

  describe('keys', () => shortcutsFlow(places));

  describe('two servers', () => {
    it('this one gets a name and an address', async () => {
      await atBerlin.open('Server');
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

    it('are invited, and an invitation is taken back', async () => {
      await atOslo.button('Create invitation…').click();
      await atOslo.page.getByLabel('For whom').fill('Rome');
      await atOslo.page.getByRole('combobox', { name: 'What it may do with packages here' }).click();
      await atOslo.page.getByRole('option', { name: 'Publish to Dev' }).click();
      await atOslo.reads('It may add and replace packages of the stage Dev.');
      await atOslo.look('invite-dialog');
      await atOslo.button('Create').click();
      await atOslo.reads(/^Invitation \d+ Rome \(Publish to Dev\): expires/);
      await atOslo.button('Copy new invitation').click();
      await atOslo.reads('Copied the new invitation.');
      await atOslo.look('network-invited');
      await atOslo.button(/^Delete invitation \d+$/).click();
      await atOslo.reads('The invitation was deleted.');
      await atOslo.button(/^Delete invitation \d+$/).waitFor({ state: 'detached' });
    });

    it('the overview says that all is well', async () => {
      await atBerlin.open('Overview');
      await atBerlin.heading('Healthy').waitFor();
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

  describe('deleted packages', () => deletedFlow(() => ({ atBerlin, atOslo, oslo })));

  describe('publish rights', () => trustFlow(() => ({ atBerlin, oslo })));

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

  describe('a mass delete elsewhere', () => heldFlow(places));

  describe('limits', () => limitsFlow(places));

  describe('e-mail', () => notificationsFlow(() => atBerlin));

  describe('webhooks', () => webhooksFlow(() => ({ allowed: atBerlin, refused: atOslo })));

  describe('Jamf Pro', () => jamfFlow(() => ({ atBerlin, berlin })));

  describe('the Munki repository', () => munkiFlow(() => ({ atBerlin, berlin })));

  describe('old versions', () => retentionFlow(() => ({ atBerlin, berlin })));

  describe('what is in a package', () => inspectionFlow(() => ({ atBerlin, berlin })));

  describe('users and tokens', () => peopleFlow(places, complaints));

  describe('the company', () => oidcFlow(places, complaints));

  describe('the audit trail', () => {
    it('shows who did what, finds it, and is saved', async () => {
      await atBerlin.open('Audit', 'Audit trail');
      await atBerlin.row('Token revoked').getByText('build server').waitFor();
      await atBerlin.look('audit');
      await atBerlin.page.getByLabel('Package, user, token or server').fill('NoMAD.pkg');
      await atBerlin.row('Package deleted').first().waitFor();
      await atBerlin.row('Token revoked').first().waitFor({ state: 'detached' });
      const download = atBerlin.page.waitForEvent('download');
      await atBerlin.button('Save as CSV').click();
      expect((await download).suggestedFilename()).toBe('audit.csv');
    });
  });

  describe('a sign-in that was ended elsewhere', () => {
    it('is renewed on top of the page, and nothing is lost', async () => {
      await atBerlin.open('Network');
      await atBerlin.page.getByLabel('URL', { exact: true }).fill('https://half.typed');
      atBerlin.expect('401 *'); // to the end: an answer to what was asked before may come late
      const next = { current_password: OWN.password, new_password: 'five calm otters swim' };
      await berlin.ok('POST', '/api/admin/auth/password', next);
      await atBerlin.heading('Please sign in again').waitFor();
      await atBerlin.look('sign-in-again');
      await atBerlin.signIn({ ...OWN, password: next.new_password });
      await atBerlin.dialog().waitFor({ state: 'detached' });
      await atBerlin.row('Oslo', 'Registered servers').waitFor();
      expect(await atBerlin.page.getByLabel('URL', { exact: true }).inputValue()).toBe('https://half.typed');
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
      await atBerlin.look('network-blocked');
      await atBerlin.button('Unblock Oslo').click();
      await atBerlin.reads('Oslo may register again.');
      await atBerlin.button('Unblock Oslo').waitFor({ state: 'detached' });
    });

    it('signs out', async () => {
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
      const missing = calls.missing.filter(({ id }) => !(id in exceptions));
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
