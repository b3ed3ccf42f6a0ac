import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import type { TestServer } from '../support/test-server.js';
import type { Visitor } from './visitor.js';

/** How an administrator connects a server with Jamf Pro. */
const RECORDED = 'Jamf recorded.pkg';
const EDITED = 'Jamf edited.pkg';

export function jamfFlow(place: () => { readonly atBerlin: Visitor; readonly berlin: TestServer }): void {
  const visitor = () => place().atBerlin;
  let jamf: FakeJamf;
  beforeAll(async () => {
    jamf = await FakeJamf.start();
    for (const name of [RECORDED, EDITED]) expect((await place().berlin.upload(name, name)).status).toBe(201);
  });
  afterAll(() => jamf.stop());

  const tab = (label: string) => visitor().page.getByRole('navigation', { name: 'Jamf Pro' }).getByRole('link', { name: label });
  const field = (label: string) => visitor().page.getByLabel(label, { exact: true });

  it('is tested step by step before it is saved, and says which privilege is missing', async () => {
    const at = visitor();
    jamf.tokens.clients.set('half', { secret: 'x', privileges: ['Read Categories'] });
    await at.open('Jamf Pro');
    await at.reads('Not set up');
    await at.look('jamf-empty');
    await field('Address of Jamf Pro').fill(jamf.url);
    await field('Client ID').fill('half');
    await field('Client secret').fill('x');
    await at.button('Test the connection').click();
    await at.reads(/The API role lacks the privilege "Read Packages"/);
    await at.reads('Categories can be read.');
    await at.reads('Not needed for what is set here.');
    await at.page.getByText('Privileges of its API role', { exact: true }).click();
    await at.page.getByRole('listitem').filter({ hasText: 'Read Packages' }).getByText('missing').waitFor();
    await at.page.getByRole('listitem').filter({ hasText: 'Read Categories' }).getByText('granted').waitFor();
    await at.reads('Not set up');
    await at.look('jamf-tested');
  });

  it('is saved, and records are looked at, written, and decided about', async () => {
    const at = visitor();
    jamf.packages.add({ packageName: 'NoMAD', fileName: RECORDED, hashType: 'MD5', hashValue: 'f'.repeat(32), info: 'Ask first' });
    await field('Client ID').fill('ods-client');
    await field('Client secret').fill('s3cret');
    await at.button('Save').click();
    await at.reads('One is saved. Empty keeps it, as long as the fields above stay.');
    await tab('Package records').click();
    await at.heading('Package records in Jamf Pro').waitFor();
    await at.row(RECORDED).getByText('Another hash', { exact: true }).waitFor();
    await at.look('jamf-records');
    expect(jamf.writes).toEqual([]);
    at.expect('409 /api/admin/jamf/settings');
    await at.page.getByRole('radio', { name: 'Keep in step' }).click();
    await at.page.getByRole('form', { name: 'Settings of package records' }).getByRole('button', { name: 'Save' }).click();
    await at
      .dialog()
      .getByText(/package records would be made/)
      .waitFor();
    await at.dialog().getByRole('button', { name: 'Keep in step', exact: true }).click();
    await at.page.getByText('Kept in step').first().waitFor();
    at.unexpect('409 /api/admin/jamf/settings');
    await at.row(RECORDED).getByRole('button', { name: 'Write the hash…' }).click();
    await at.dialog().getByRole('button', { name: 'Write the hash', exact: true }).click();
    await at.row(RECORDED).getByText('In step', { exact: true }).waitFor();
    expect(jamf.records.find(({ fileName }) => fileName === RECORDED)).toMatchObject({ hashType: 'SHA_512', info: 'Ask first' });
    await at.row(RECORDED).getByRole('button', { name: 'Fields', exact: true }).click();
    await at.reads('Ask first');
    await at.look('jamf-fields');
    await at.button('Compare now').click();
    await at.reads('The comparison begins within seconds.');
  });

  it('lets fields that were edited in Jamf Pro follow the rules again', async () => {
    const at = visitor();
    const made = jamf.records.find(({ fileName }) => fileName === EDITED)!;
    jamf.packages.table.write(made.id, { ...made, info: 'edited there' }, null);
    await at.button('Compare now').click();
    await at.row(RECORDED).getByRole('button', { name: 'Fields', exact: true }).click();
    await at.row(made.fileName).getByRole('button', { name: 'Fields', exact: true }).click();
    await at.reads('edited there');
    await eventually(async () => {
      // What is shown is read when it is opened.
      await at.row(made.fileName).getByRole('button', { name: 'Fields', exact: true }).click();
      await at.row(made.fileName).getByRole('button', { name: 'Fields', exact: true }).click();
      await at.button('Let the edited fields follow the rules again').waitFor({ timeout: 2_000 });
    });
    await at.button('Let the edited fields follow the rules again').click();
    await eventually(() => expect(jamf.records.find(({ id }) => id === made.id)).toMatchObject({ info: '' }));
  });

  it('shows distribution points beside the servers, and which server a computer uses', async () => {
    const at = visitor();
    jamf.points.add({ name: 'Cloud', serverName: 'cloud.example.com', httpsEnabled: true, httpsContext: 'x', principal: true });
    jamf.networks.add('Headquarters', ['10.1.0.0', '10.1.255.255'], 'Cloud');
    await tab('Distribution points').click();
    await at.heading('Distribution points in Jamf Pro').waitFor();
    await at.button('Compare now').click();
    await at.reads('https://cloud.example.com/x');
    const own = at.page.getByRole('row', { name: /^Berlin/ });
    await own.getByText('Needs HTTPS', { exact: true }).waitFor();
    await eventually(() => at.reads('"Headquarters" uses "Cloud", which is no server of the mesh.'));
    await field('Address of a computer').fill('10.1.2.3');
    await at.button('Which server?').click();
    await at.reads(/"Headquarters" contains 10\.1\.2\.3 and uses "Cloud"/);
    await at.look('jamf-points');
    at.expect('409 /api/admin/jamf/checks');
    await at.button('Try now').click();
    await at.reads(/There is nothing to check/);
    at.unexpect('409 /api/admin/jamf/checks');
    at.expect('400 /api/admin/jamf/networks');
    await field('Address of a computer').fill('here');
    await at.button('Which server?').click();
    await at.reads('ip must be an IPv4 or IPv6 address');
    at.unexpect('400 /api/admin/jamf/networks');
    await own.getByRole('button', { name: 'Change…' }).click();
    await at.dialog().getByLabel('Keep it in step with the server').click();
    await at.look('jamf-point-dialog');
    await at.dialog().getByRole('button', { name: 'Save', exact: true }).click();
    await own.getByText('Left alone', { exact: true }).waitFor();
    expect(jamf.pointWrites).toEqual([]);
    await tab('Package records').click();
  });

  it('has rules that say at once what they do', async () => {
    const at = visitor();
    await tab('Rules').click();
    await at.heading('Rules for Jamf Pro').waitFor();
    await at.reads(/By these rules \d+ of \d+ packages have a record/);
    await at.look('jamf-rules');
    await at.button('Add a rule').click();
    const added = at.page.getByRole('listitem').last();
    await added.getByLabel('Filename, with * and ?').fill('*');
    await added.getByLabel('Category').fill('Appli');
    await at.page.getByRole('option', { name: 'Applications' }).click();
    await at.reads(/By these rules (\d+) of \1 packages have a record/);
    await added.getByRole('button', { name: 'Move up' }).click();
    await at.button('Save').click();
    await at.reads('Saved. Packages are compared again.');
    await at.page.getByRole('listitem').last().getByRole('button', { name: 'Remove' }).click();
    await at.button('Save').click();
    await tab('Connection').click();
    await at.heading('Jamf Pro').waitFor();
  });

  it('keeps its secret to itself, and is forgotten after a question', async () => {
    const at = visitor();
    expect(await field('Client secret').inputValue()).toBe('');
    await at.reads('This server keeps Jamf Pro in step: no other one is connected with it.');
    await at.button('Test the connection').click(); // with the saved secret
    await at.reads('This is Jamf Pro 11.30.0.');
    await at.button('Forget the connection…').click();
    await at.dialog().getByRole('button', { name: 'Forget', exact: true }).click();
    await at.reads('Not set up');
  });
}
