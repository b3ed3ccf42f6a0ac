import { type Places } from './places.js';

/** The list of packages and the page of one. */
export function packagesFlow(places: () => Places): void {
  it('is found by its name, and has a page', async () => {
    const { atBerlin } = places();
    await atBerlin.page.getByLabel('Search by name').fill('fire');
    await atBerlin.eventually(async () => expect(await atBerlin.row('NoMAD.pkg').count()).toBe(0));
    expect(atBerlin.page.url()).toContain('q=fire');
    await atBerlin.page.getByRole('link', { name: 'Firefox 133.0.pkg' }).click();
    await atBerlin.heading('Firefox 133.0.pkg').waitFor();
    await atBerlin.reads('SHA-256');
    await atBerlin.look('package');
  });

  it('is verified, described, and demoted after a question', async () => {
    const { atBerlin } = places();
    await atBerlin.button('Verify the content on disk').click();
    await atBerlin.reads('The content on disk is exactly what was uploaded.');
    await atBerlin.page.getByLabel('Notes for other administrators').fill('For the reception desks.');
    await atBerlin.button('Save notes').click();
    await atBerlin.reads('The notes are saved, on every server.');
    await atBerlin.button('Change').click();
    await atBerlin.menuItem('Demote to Test').click();
    await atBerlin.dialog().waitFor();
    await atBerlin.reads(/These servers stop serving it: .* \(this server\)\. Then no server serves it\./);
    await atBerlin.look('demote-dialog');
    await atBerlin.button('Demote to Test').click();
    await atBerlin.reads('Firefox 133.0.pkg: now Test, on every server.');
    await atBerlin.button('Change').click();
    await atBerlin.menuItem('Promote to Prod').click();
    await atBerlin.reads('Firefox 133.0.pkg: now Prod, on every server.');
  });

  it('shows its blocks', async () => {
    const { atBerlin } = places();
    await atBerlin.page.getByText('Blocks (8)').click();
    await atBerlin.reads(/^7: [0-9a-f]{40}$/);
    await atBerlin.look('package-blocks');
  });

  it('is promoted and deleted together with others, and both are taken back', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Packages');
    await atBerlin.row('NoMAD.pkg').waitFor();
    const place = () => atBerlin.row('NoMAD.pkg').boundingBox();
    const before = await place();
    await atBerlin.page.getByRole('checkbox', { name: 'Choose all on this page' }).click();
    await atBerlin.reads('2 chosen');
    expect(await place()).toEqual(before); // the row that is aimed at stays where it is
    await atBerlin.look('packages-chosen');
    await atBerlin.button('Set to Test').click();
    await atBerlin.button('Demote to Test').click();
    await atBerlin.reads('2 packages: now Test, on every server.');
    await atBerlin.button('Undo').click();
    await atBerlin.row('NoMAD.pkg').getByText('Prod').waitFor();
    await atBerlin.page.getByRole('checkbox', { name: 'Choose NoMAD.pkg' }).click();
    await atBerlin.page.getByRole('checkbox', { name: 'Choose Firefox 133.0.pkg' }).click();
    await atBerlin.button('Delete the chosen…').click();
    await atBerlin.dialog().getByRole('listitem').filter({ hasText: 'Firefox 133.0.pkg' }).waitFor();
    await atBerlin.reads(/They can be restored for 14 days/);
    await atBerlin.look('delete-many-dialog');
    await atBerlin.button('Cancel').click();
    await atBerlin.page.getByRole('checkbox', { name: 'Choose Firefox 133.0.pkg' }).click();
    await atBerlin.button('Delete the chosen…').click();
    await atBerlin.button('Delete everywhere').click();
    await atBerlin.row('NoMAD.pkg').waitFor({ state: 'detached' });
    await atBerlin.button('Undo').click();
    await atBerlin.row('NoMAD.pkg').getByText('Public').waitFor();
  });

  it('comes back in its earlier version', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Packages');
    await atBerlin.page.getByRole('link', { name: 'NoMAD.pkg' }).click();
    await atBerlin.reads('390.6 KiB');
    await atBerlin.row('Replaced', 'Earlier versions').getByText('293.0 KiB').waitFor();
    await atBerlin.look('package-versions');
    await atBerlin.button(/^Restore the version of /).click();
    await atBerlin.dialog().getByRole('button', { name: 'Restore', exact: true }).click();
    await atBerlin.row('Replaced', 'Earlier versions').getByText('390.6 KiB').waitFor();
  });
}
