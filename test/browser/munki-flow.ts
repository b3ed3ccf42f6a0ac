import { eventually } from '../support/eventually.js';
import { pkginfo, put } from '../munki/repository.js';
import { OWN, type Places } from './places.js';

/** The Munki repository. */
export function munkiFlow(places: () => Pick<Places, 'atBerlin' | 'berlin'>): void {
  it('is empty at first, and says how it is filled and what clients need', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Munki', 'Munki repository');
    await atBerlin.reads('ods munki push /Users/Shared/munki_repo');
    await atBerlin.page.getByText(/SoftwareRepoURL ".*\/munki"/).waitFor();
    await atBerlin.look('munki-empty');
  });

  it('shows catalogs, and which items are left out and why', async () => {
    const { atBerlin, berlin } = places();
    await berlin.login(OWN);
    await put(berlin, 'pkgs/Firefox-1.pkg', 'bytes');
    await put(berlin, 'pkgsinfo/Firefox.plist', pkginfo('Firefox', '1', 'bytes', { catalogs: ['testing', 'production'] }));
    await put(berlin, 'pkgsinfo/Lost.plist', pkginfo('Lost', '1', 'nowhere'));
    await atBerlin.page.reload();
    await atBerlin
      .row('Lost.plist', 'Problems')
      .filter({ hasText: 'In no catalog' })
      .getByText('which this server does not have')
      .waitFor();
    await atBerlin.row('production', 'Catalogs').filter({ hasText: '1' }).waitFor();
    await atBerlin.look('munki');
  });

  it('promotes an item into another catalog', async () => {
    const { atBerlin, berlin } = places();
    await put(berlin, 'pkgs/Slack-4.pkg', 'slack');
    await put(berlin, 'pkgsinfo/Slack.plist', pkginfo('Slack', '4', 'slack'));
    await atBerlin.page.reload();
    await atBerlin.page.getByLabel('Search by name').fill('slack');
    await atBerlin.row('Slack', 'Items').getByRole('button', { name: 'Promote Slack 4' }).click();
    await atBerlin.look('munki-promote');
    await atBerlin.page.getByLabel('To catalog').fill('all');
    atBerlin.expect('400 /api/admin/munki/promote');
    await atBerlin.button('Promote').click();
    await atBerlin.dialog().getByText('Every item is in the catalog all.').waitFor();
    await atBerlin.page.getByLabel('To catalog').fill('production');
    await atBerlin.button('Promote').click();
    await atBerlin.dialog().waitFor({ state: 'hidden' });
    await atBerlin.row('Slack', 'Items').filter({ hasText: 'production' }).waitFor();
    expect(await (await fetch(`${berlin.url}/munki/catalogs/production`)).text()).toContain('<string>Slack</string>');
  });

  it('has rules that promote items, and says what they do next', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.page.getByText('There are no rules').waitFor();
    await atBerlin.button('Edit rules…').click();
    await atBerlin.page.getByLabel('After days').fill('5');
    await atBerlin.page.getByLabel('Except items').fill('Xcode, Lost');
    await atBerlin.look('munki-rules');
    await atBerlin.button('Save rules').click();
    await atBerlin.page.getByText('From testing to production, 5 days after the last change of an item, except Xcode, Lost.').waitFor();
    await put(berlin, 'pkgs/Zoom-6.pkg', 'zoom');
    await put(berlin, 'pkgsinfo/Zoom.plist', pkginfo('Zoom', '6', 'zoom'));
    await atBerlin.page.reload();
    await atBerlin.row('Zoom', 'Automatic promotion').filter({ hasText: 'in 5 days' }).waitFor();
    await atBerlin.look('munki-planned');
    await atBerlin.button('Edit rules…').click();
    await atBerlin.button('Remove rule').click();
    await atBerlin.button('Save rules').click();
    await atBerlin.page.getByText('There are no rules').waitFor();
  });

  it('has files that are found by their path, and manifests that are written here', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.page.getByLabel('Search by path').fill('lost');
    await atBerlin.row('pkgsinfo/Lost.plist', 'Files').waitFor();
    await atBerlin.button('New manifest…').click();
    await atBerlin.page.getByLabel('Path', { exact: true }).fill('manifests/site default');
    await atBerlin.look('munki-editor');
    await atBerlin.button('Store on every server').click();
    await atBerlin.dialog().waitFor({ state: 'hidden' });
    await eventually(async () => expect((await fetch(`${berlin.url}/munki/manifests/site%20default`)).status).toBe(200));
  });

  it('never overwrites what was changed meanwhile', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.page.getByLabel('Search by path').fill('site');
    await atBerlin.row('manifests/site default', 'Files').getByRole('button', { name: 'Open…' }).click();
    const content = atBerlin.page.getByLabel('Content', { exact: true });
    await eventually(async () => expect(await content.inputValue()).toContain('<key>catalogs</key>'));
    await put(berlin, 'manifests/site default', 'changed by another');
    await content.fill('mine');
    atBerlin.expect('412 /api/admin/munki/files/manifests%2Fsite%20default');
    await atBerlin.button('Store on every server').click();
    await atBerlin.dialog().getByText('is there with another content').waitFor();
    await atBerlin.button('Cancel').click();
    expect(await (await fetch(`${berlin.url}/munki/manifests/site%20default`)).text()).toBe('changed by another');
  });

  it('lets go of a file everywhere', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.page.getByLabel('Search by path').fill('lost');
    await atBerlin.row('pkgsinfo/Lost.plist', 'Files').getByRole('button', { name: 'Delete…' }).click();
    await atBerlin.dialog().getByRole('button', { name: 'Delete' }).click();
    await atBerlin.reads('No files.');
    const { problems } = await berlin.ok<{ problems: { path: string }[] }>('GET', '/api/admin/munki/catalogs');
    expect(problems.map(({ path }) => path)).not.toContain('pkgsinfo/Lost.plist');
  });

  it('brings a file back that was deleted, or an earlier version of one', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.page.getByLabel('Search by path').fill('');
    await atBerlin.page.getByLabel('Show', { exact: true }).click();
    await atBerlin.page.getByRole('option', { name: 'Deleted files' }).click();
    await atBerlin.row('pkgsinfo/Lost.plist', 'Files').getByRole('button', { name: 'Versions…' }).click();
    await atBerlin
      .dialog()
      .getByRole('button', { name: /^Restore the version of/ })
      .waitFor();
    await atBerlin.look('munki-versions');
    await atBerlin
      .dialog()
      .getByRole('button', { name: /^Restore the version of/ })
      .click();
    await atBerlin.reads('The earlier version of pkgsinfo/Lost.plist is restored, on every server.');
    const { problems } = await berlin.ok<{ problems: { path: string }[] }>('GET', '/api/admin/munki/catalogs');
    expect(problems.map(({ path }) => path)).toContain('pkgsinfo/Lost.plist');
    await atBerlin.reads('No deleted files.');
    await atBerlin.page.getByLabel('Show', { exact: true }).click();
    await atBerlin.page.getByRole('option', { name: 'Files', exact: true }).click();
    await atBerlin.row('manifests/site default', 'Files').getByRole('button', { name: 'Versions…' }).click();
    await atBerlin
      .dialog()
      .getByRole('button', { name: /^Restore the version of/ })
      .first()
      .click();
    await atBerlin.dialog().waitFor({ state: 'hidden' });
    await eventually(async () =>
      expect(await (await fetch(`${berlin.url}/munki/manifests/site%20default`)).text()).toContain('<key>catalogs</key>'),
    );
  });
}
