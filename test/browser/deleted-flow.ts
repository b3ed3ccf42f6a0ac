import type { TestServer } from '../support/test-server.js';
import type { Visitor } from './visitor.js';

interface Places {
  readonly atBerlin: Visitor;
  readonly atOslo: Visitor;
  readonly oslo: TestServer;
}

/** Deleted packages and earlier versions, found without knowing their names. `Atom.dmg` was deleted at both servers. */
export function deletedFlow(places: () => Places): void {
  it('are listed with the time that is left, found by name, and restored on every server', async () => {
    const { atBerlin, atOslo } = places();
    await atBerlin.open('Packages');
    await atBerlin.page.getByRole('link', { name: 'Deleted packages' }).click();
    await atBerlin.heading('Deleted packages').waitFor();
    await atBerlin.reads(/can be restored for 14 days/);
    await atBerlin.row('Atom.dmg').getByText('in 14 days').waitFor();
    await atBerlin.look('deleted');
    await atBerlin.page.getByLabel('Search by name').fill('no such name');
    await atBerlin.heading('No matches').waitFor();
    await atBerlin.page.getByLabel('Search by name').fill('ATOM');
    await atBerlin.button('Restore Atom.dmg').click();
    await atBerlin.reads('Atom.dmg is restored, on every server.');
    await atOslo.open('Packages');
    await atOslo.row('Atom.dmg').getByText('Public').waitFor();
  });

  it('have a page with their versions', async () => {
    const { atBerlin, atOslo, oslo } = places();
    atOslo.expect('404 /api/admin/packages/Atom.dmg');
    await oslo.ok('DELETE', '/api/admin/packages/Atom.dmg');
    await atOslo.row('Atom.dmg').waitFor({ state: 'detached' });
    await atOslo.go('/packages/Atom.dmg');
    await atOslo.heading('Earlier versions').waitFor();
    await atOslo.row('Deleted', 'Earlier versions').waitFor();
    await atOslo.look('package-deleted');
    await atOslo.button(/^Restore the version of /).click();
    await atOslo.dialog().waitFor();
    await atOslo.look('restore-dialog');
    await atOslo.dialog().getByRole('button', { name: 'Restore', exact: true }).click();
    await atOslo.reads('Whole, verified, and available for download from this server.');
    await atBerlin.open('Packages');
    await atBerlin.row('Atom.dmg').getByText('Public').waitFor();
    atOslo.unexpect('404 /api/admin/packages/Atom.dmg');
  });
}
