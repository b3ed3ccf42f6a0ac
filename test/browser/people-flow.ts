import { type Places } from './places.js';
import { Visitor } from './visitor.js';

/** Accounts and API tokens. */
export function peopleFlow(places: () => Places, complaints: string[]): void {
  it('lets a user in, who sees what a viewer may see', async () => {
    const { browser, calls, berlin, atBerlin } = places();
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
    await grete.open('Server');
    await grete.reads('Memory available');
    await grete.leave();
    complaints.push(...grete.complaints);
  });

  it('changes a role, keeps a user out, and removes them', async () => {
    const { atBerlin } = places();
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
    const { berlin, atBerlin } = places();
    await atBerlin.button('Create token').click();
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

  it('gives a program an account of its own, whose token does not end with a person', async () => {
    const { berlin, atBerlin } = places();
    await atBerlin.button('Add a service account').click();
    await atBerlin.page.getByLabel('Name').fill('build-service');
    await atBerlin.look('service-account-dialog');
    await atBerlin.button('Add').click();
    await atBerlin.row('build-service', 'Service accounts').getByText('no tokens').waitFor();
    await atBerlin.button('Actions for build-service').click();
    await atBerlin.menuItem('Create token…').click();
    await atBerlin.reads('It ends with build-service and never does more than a publisher.');
    await atBerlin.page.getByLabel('Name').fill('nightly build');
    await atBerlin.look('token-dialog-service');
    await atBerlin.button('Make the token').click();
    await atBerlin.heading('Copy the token now').waitFor();
    const secret = await atBerlin.dialog().locator('.mono').innerText();
    const list = () => fetch(`${berlin.url}/api/admin/packages`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await list()).status).toBe(200);
    await atBerlin.button('I have it').click();
    await atBerlin.row('build-service', 'Service accounts').getByText('1 token').waitFor();
    await atBerlin.row('nightly build', 'Tokens for programs').getByText('made by admin').waitFor();
    await atBerlin.look('service-accounts');
    const act = async (item: string) => {
      await atBerlin.button('Actions for build-service').click();
      await atBerlin.menuItem(item).click();
    };
    await act('Disable');
    await atBerlin.row('build-service', 'Service accounts').getByText('Disabled').waitFor();
    expect((await list()).status).toBe(401);
    await act('Enable');
    await atBerlin.row('build-service', 'Service accounts').getByText('Active').waitFor();
    await act('Make viewer');
    await atBerlin.row('build-service', 'Service accounts').getByText('viewer').waitFor();
    await act('Remove…');
    await atBerlin.reads(/^Its tokens are revoked at once/);
    await atBerlin.button('Remove').click();
    await atBerlin.row('nightly build').waitFor({ state: 'detached' });
    expect((await list()).status).toBe(401);
  });
}
