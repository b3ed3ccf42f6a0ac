import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { eventually } from '../support/eventually.js';
import { OWN, type Places } from './places.js';

/** Old versions, and the rules by which they go. */
export function retentionFlow(places: () => Pick<Places, 'atBerlin' | 'berlin'>): void {
  beforeAll(async () => {
    const { berlin } = places();
    await berlin.login(OWN);
    const signer = makeSigner();
    for (const version of ['1.0', '1.1', '1.2']) {
      const filename = `Shelf-${version}.pkg`;
      expect((await berlin.upload(filename, new Uint8Array(makePkg({ version, signer })))).status).toBe(201);
      await eventually(async () => expect(await berlin.ok('GET', `/api/admin/packages/${filename}`)).toMatchObject({ version }));
    }
  });

  it('are looked at before a rule is saved, and removed by one that is', async () => {
    const { atBerlin } = places();
    const field = (name: string) => atBerlin.page.getByLabel(name, { exact: true });
    await atBerlin.open('Old versions');
    await atBerlin.button('Add a rule').click();
    await field('Versions to keep').fill('1');
    await field('Minimum age, days').fill('0');
    await field('Filename, with * and ?').fill('shelf-*');
    await atBerlin.row('Shelf-1.0.pkg', 'To be removed').getByText('A newer version is in Prod here.').waitFor();
    await atBerlin.row('Shelf-1.2.pkg', 'Kept').getByText('It is the newest in Prod here.').waitFor();
    await atBerlin.reads('Save the rules to remove them.');
    await atBerlin.look('old-versions');
    await atBerlin.button('Save').click();
    await atBerlin.button('Remove now…').click();
    await atBerlin.dialog().getByText('Shelf-1.1.pkg').waitFor();
    await atBerlin.look('remove-old-versions-dialog');
    await atBerlin.button('Remove them').click();
    await atBerlin.reads('2 packages were removed.');
    await atBerlin.reads('No package, by these rules.');
  });

  it('are refused a rule that makes no sense, in a sentence', async () => {
    const { atBerlin, berlin } = places();
    atBerlin.expect('400 /api/admin/retention', '400 /api/admin/retention/preview');
    await atBerlin.page.getByLabel('Versions to keep', { exact: true }).fill('0');
    await atBerlin.page.getByRole('alert').getByText('keep').waitFor();
    await atBerlin.page.getByLabel('Versions to keep', { exact: true }).fill('2');
    await atBerlin.page.getByRole('checkbox', { name: 'Remove old versions once a day' }).check();
    await atBerlin.button('Save').click();
    await eventually(async () =>
      expect(await berlin.ok('GET', '/api/admin/retention')).toMatchObject({ automatic: true, rules: [{ keep: 2 }] }),
    );
    await berlin.ok('PUT', '/api/admin/retention', { rules: [], automatic: false });
  });
}
