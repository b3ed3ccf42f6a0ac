import { randomBytes } from 'node:crypto';
import type { TestServer } from '../support/test-server.js';
import type { Visitor } from './visitor.js';

interface Places {
  readonly atBerlin: Visitor;
  readonly oslo: TestServer;
}

/** What Oslo may do with packages at Berlin. */
export function trustFlow(places: () => Places): void {
  const choose = async (preset: string): Promise<void> => {
    const { atBerlin } = places();
    await atBerlin.button('Change the rights of Oslo').click();
    await atBerlin.page.getByRole('combobox', { name: 'Rights' }).click();
    await atBerlin.page.getByRole('option', { name: preset }).click();
  };

  it('are withdrawn, and what comes all the same is refused, listed and accepted', async () => {
    const { atBerlin, oslo } = places();
    await atBerlin.open('Network');
    await atBerlin.page.getByRole('link', { name: 'Publish rights' }).click();
    await atBerlin.heading('Publish rights').waitFor();
    await atBerlin.row('Oslo').getByText('Everything').waitFor();
    await choose('Nothing (receive only)');
    await atBerlin.button('Save').click();
    await atBerlin.row('Oslo').getByText('Nothing (receive only)').waitFor();
    expect((await oslo.upload('Refused.pkg', randomBytes(300_000))).status).toBe(201);
    await atBerlin.row('Refused.pkg').getByText('Oslo', { exact: true }).waitFor();
    await atBerlin.look('rights');
    await atBerlin.button('Accept the change of Refused.pkg').click();
    await atBerlin.dialog().waitFor();
    await atBerlin.look('accept-change-dialog');
    await atBerlin.button('Accept the change').click();
    await atBerlin.row('Refused.pkg').waitFor({ state: 'detached' });
    await atBerlin.open('Packages');
    await atBerlin.row('Refused.pkg').getByText('Public').waitFor();
  });

  it('are set one by one, and given back', async () => {
    const { atBerlin, oslo } = places();
    await atBerlin.open('Network');
    await atBerlin.page.getByRole('link', { name: 'Publish rights' }).click();
    await choose('Custom');
    await atBerlin.page.getByRole('checkbox', { name: 'Add packages' }).check();
    await atBerlin.page.getByLabel('Names of packages').fill('Adobe*\nXcode*');
    await atBerlin.look('rights-dialog');
    await atBerlin.button('Save').click();
    await atBerlin.row('Oslo').getByText('add; up to Dev; Adobe*, Xcode*').waitFor();
    await choose('Everything');
    await atBerlin.button('Save').click();
    await atBerlin.row('Oslo').getByText('up to Prod; all names').waitFor();
    await oslo.ok('DELETE', '/api/admin/packages/Refused.pkg');
    await atBerlin.open('Packages');
    await atBerlin.row('Refused.pkg').waitFor({ state: 'detached' });
  });
}
