import { type Places } from './places.js';

/** How much servers fetch and give. */
export function limitsFlow(places: () => Places): void {
  it('of this server are set, and fetching pauses', async () => {
    const { atBerlin, berlin } = places();
    await atBerlin.open('Server');
    await atBerlin.button('Change limits').click();
    await atBerlin.page.getByLabel('Fetch at most, MiB per second').fill('20');
    await atBerlin.page.getByRole('switch', { name: 'Fetch only at certain hours' }).click();
    await atBerlin.page.getByRole('switch', { name: 'Keep copies for other servers' }).click();
    await atBerlin.page.getByRole('switch', { name: 'Ask before another signer comes to Prod' }).click();
    await atBerlin.look('limits-dialog');
    await atBerlin.page.getByRole('switch', { name: 'Fetch only at certain hours' }).click();
    await atBerlin.button('Save').click();
    await atBerlin.reads('at most 20.0 MiB/s');
    await atBerlin.reads('kept while they travel');
    await atBerlin.reads('only when an administrator agrees');
    await berlin.ok('PATCH', '/api/admin/replication', { confirm_signers: false });
    await atBerlin.button('Pause fetching').click();
    await atBerlin.button('Go on fetching').click();
    await atBerlin.reads('Allowed now');
    await atBerlin.look('admin-limits');
  });

  it('of one other server are set', async () => {
    const { atBerlin } = places();
    await atBerlin.open('Network');
    await atBerlin.button('Actions for Oslo').click();
    await atBerlin.menuItem('Limits…').click();
    await atBerlin.page.getByLabel('Give to there at most, MiB per second').fill('5');
    await atBerlin.look('peer-limits-dialog');
    await atBerlin.button('Save').click();
    await atBerlin.row('Oslo', 'Registered servers').getByText('to there at most 5.0 MiB/s').waitFor();
  });
}
