import { type Places } from './places.js';

/** Changes elsewhere that are held here. */
export function heldFlow(places: () => Places): void {
  const removeAtBerlin = async (name: string) => {
    const { atBerlin } = places();
    await atBerlin.open('Packages');
    await atBerlin.button(`Actions for ${name}`).click();
    await atBerlin.menuItem('Delete…').click();
    await atBerlin.button('Delete everywhere').click();
    await atBerlin.row(name).waitFor({ state: 'detached' });
  };

  it('is held here, and taken back when an administrator decides so', async () => {
    const { atBerlin, atOslo } = places();
    await removeAtBerlin('NoMAD.pkg');
    await atOslo.open('Network');
    await atOslo.reads('1 package was changed or deleted elsewhere, and kept here until an administrator decides.');
    await atOslo.go('/packages/NoMAD.pkg');
    await atOslo.reads('Berlin changed or deleted it, together with many others.');
    await atOslo.look('package-held');
    await atOslo.open('Overview');
    await atOslo.page.getByRole('link', { name: 'Decide' }).click();
    await atOslo.row('NoMAD.pkg').getByText('Berlin').waitFor();
    await atOslo.look('held-changes');
    await atOslo.page.getByRole('checkbox', { name: 'NoMAD.pkg' }).click();
    await atOslo.button('Keep the 1 chosen…').click();
    await atOslo.button('Keep them').click();
    await atOslo.heading('Nothing is held').waitFor();
    await atBerlin.row('NoMAD.pkg').getByText('Public').waitFor();
  });

  it('or carried out', async () => {
    const { atOslo } = places();
    await removeAtBerlin('Firefox 133.0.pkg');
    await atOslo.row('Firefox 133.0.pkg').waitFor();
    await atOslo.button('Apply all…').click();
    await atOslo.button('Apply them here').click();
    await atOslo.heading('Nothing is held').waitFor();
  });
}
