import { CLIENT } from '../support/openid-provider/knobs.js';
import { TestProvider } from '../support/openid-provider/test-provider.js';
import { OWN, type Places } from './places.js';
import { Visitor } from './visitor.js';

const FIRST = 'lantern walrus gravel';
const people = {
  anna: { preferred_username: 'anna@example.com', groups: ['ods-publishers'] },
  carl: { preferred_username: 'carl@example.com', groups: ['canteen'] },
  gerd: { preferred_username: 'gerd@example.com', groups: ['ods-publishers'] },
};

/** Signing in with the company, at a real OpenID provider on another site. */
export function oidcFlow(places: () => Places, complaints: string[]): void {
  let provider: TestProvider;
  let anna: Visitor;
  beforeAll(async () => {
    provider = await TestProvider.start();
    await provider.set({ people, redirectUris: [`${places().berlin.url}/api/admin/auth/oidc/callback`] });
    const { browser, berlin, calls } = places();
    anna = await Visitor.arrive(browser, berlin.url, calls);
    anna.mayVisit(provider.issuer);
  });
  afterAll(async () => {
    await anna.leave();
    complaints.push(...anna.complaints);
    await provider.stop();
  });

  const company = () => anna.button('Sign in with Example Ltd');
  const signInThere = async (account: string) => {
    await anna.heading('Example Ltd').waitFor();
    await anna.page.getByLabel('Account').fill(account);
    await anna.button('Continue').click();
  };

  it('is set up and tested by an administrator, and says what is wrong', async () => {
    const { atBerlin } = places();
    const field = (label: string) => atBerlin.page.getByLabel(label, { exact: true });
    await atBerlin.open('Sign-in', 'Sign-in with the company');
    await atBerlin.reads('Not set up');
    await field('Name on the button').fill('Example Ltd');
    await field('Issuer').fill(provider.issuer);
    await field('Client ID').fill(CLIENT.id);
    await field('Client secret').fill('wrong');
    await field('Scopes').fill('openid profile email groups');
    await field('Group').fill('ods-publishers');
    await field('Role').click();
    await atBerlin.page.getByRole('option', { name: 'publisher' }).click();
    await atBerlin.reads('/api/admin/auth/oidc/callback');
    await atBerlin.button('Test the connection').click();
    await atBerlin.reads(/does not accept/);
    await atBerlin.look('oidc-tested');
    await field('Client secret').fill(CLIENT.secret);
    await atBerlin.button('Test the connection').click();
    await atBerlin.reads(/^The provider answers/);
    await atBerlin.page.getByRole('switch', { name: 'Show the button on the sign-in page' }).click();
    await atBerlin.button('Save').click();
    await atBerlin.reads('One is saved. Empty keeps it, as long as issuer and client ID stay.');
    await atBerlin.reads('On');
    await atBerlin.look('oidc');
  });

  it('leads to the page that was asked for', async () => {
    await anna.go('/packages');
    await company().waitFor();
    await anna.look('sign-in-company');
    await company().click();
    await signInThere('anna');
    await anna.heading('Packages').waitFor();
    await anna.page.reload();
    await anna.heading('Packages').waitFor();
    await anna.button('Signed in as anna@example.com').click();
    expect(await anna.menuItem('Change password').count()).toBe(0);
    anna.expect('401 *'); // what was asked in the same moment comes too late
    await anna.menuItem('Sign out').click();
  });

  it('ends at the company, too', async () => {
    await anna.reads('You are signed out here, but not at the company.');
    await anna.look('signed-out-company');
    await anna.button('Sign out of the company, too').click();
    await anna.page.waitForURL(`${provider.issuer}/**`);
    await anna.button('Yes, sign out').click();
    await anna.heading('Signed out').waitFor();
    anna.unexpect('401 *');
  });

  it('is refused with a sentence that says whom to ask', async () => {
    await anna.go('/sign-in');
    await company().click();
    await signInThere('carl');
    await anna.reads('None of your groups gives you a role here. Ask an administrator of this server which group you need.');
    await anna.look('sign-in-company-refused');
    await anna.context.clearCookies(); // the provider knows carl by now
  });

  it('links no account with a person who has another one', async () => {
    const { atBerlin } = places();
    atBerlin.mayVisit(provider.issuer);
    await atBerlin.button('Signed in as admin').click();
    await atBerlin.menuItem('Change password').click();
    await atBerlin.button('Link with Example Ltd…').click();
    await atBerlin.button('Go to the sign-in').click();
    await atBerlin.page.getByLabel('Account').fill('anna');
    await atBerlin.button('Continue').click();
    await atBerlin.reads('You have another account on this server already.');
    await atBerlin.look('link-company-refused');
    await atBerlin.button('Cancel').click();
    await atBerlin.heading('Overview').waitFor();
  });

  it('is what an account with a password can be linked with', async () => {
    const { berlin } = places();
    await berlin.login(OWN);
    await berlin.ok('POST', '/api/admin/users', { username: 'gerd', password: FIRST, role: 'viewer' });
    await anna.signIn({ username: 'gerd', password: FIRST });
    await anna.page.getByLabel('Current password').fill(FIRST);
    await anna.page.getByLabel('New password', { exact: true }).fill('seven green bottles');
    await anna.page.getByLabel('New password, once more').fill('seven green bottles');
    await anna.button('Set password').click();
    await anna.button('Signed in as gerd').click();
    await anna.menuItem('Change password').click();
    await anna.button('Link with Example Ltd…').waitFor();
    await anna.look('link-company');
    await anna.button('Link with Example Ltd…').click();
    await anna.button('Go to the sign-in').click();
    await signInThere('gerd');
    await anna.heading('Overview').waitFor();
    await anna.open('Packages');
    await anna.button('Choose files').waitFor(); // a publisher now
  });

  it('shows among the users who signs in like that', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Users', 'Users and tokens');
    for (const name of ['anna@example.com', 'gerd']) await atBerlin.row(name).getByText('(external)').waitFor();
    await atBerlin.button('Actions for gerd').click();
    await atBerlin.menuItem('Disable').waitFor();
    expect(await atBerlin.menuItem('New password…').count()).toBe(0);
    expect(await atBerlin.menuItem('Make admin').count()).toBe(0);
    await atBerlin.page.keyboard.press('Escape');
    await atBerlin.look('users-external');
  });
}
