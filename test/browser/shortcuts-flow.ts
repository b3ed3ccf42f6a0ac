import type { Places } from './places.js';

/** What the keyboard does on every page. */
export function shortcutsFlow(places: () => Places): void {
  it('go to a package or a page by a few letters', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Network');
    await atBerlin.page.keyboard.press('Control+k');
    await atBerlin.page.getByRole('combobox', { name: 'Page or package' }).fill('firef');
    await atBerlin.page.getByRole('option', { name: 'Firefox 133.0.pkg' }).waitFor();
    await atBerlin.look('palette');
    await atBerlin.page.keyboard.press('Enter');
    await atBerlin.heading('Firefox 133.0.pkg').waitFor();
    await atBerlin.button(/^Go to/).click();
    await atBerlin.page.getByRole('combobox', { name: 'Page or package' }).fill('del');
    await atBerlin.page.keyboard.press('Enter');
    await atBerlin.heading('Deleted packages').waitFor();
  });

  it('search the list, and are listed', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Network');
    await atBerlin.page.keyboard.press('/');
    await atBerlin.heading('Packages').waitFor();
    const focused = () => atBerlin.page.evaluate<string>('document.activeElement.type');
    await atBerlin.eventually(async () => expect(await focused()).toBe('search'));
    await atBerlin.page.keyboard.type('?'); // into the field
    await atBerlin.heading('No matches').waitFor();
    await atBerlin.button('Show all').click();
    await atBerlin.row('NoMAD.pkg').waitFor();
    await atBerlin.page.keyboard.press('?');
    await atBerlin.heading('Keys').waitFor();
    await atBerlin.look('keys');
    await atBerlin.page.keyboard.press('Escape');
    await atBerlin.dialog().waitFor({ state: 'detached' });
  });
}
