import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import type { Visitor } from './visitor.js';

/** How an administrator connects a server with Jamf Pro. */
export function jamfFlow(visitor: () => Visitor): void {
  let jamf: FakeJamf;
  beforeAll(async () => {
    jamf = await FakeJamf.start();
  });
  afterAll(() => jamf.stop());

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
    await at.reads('Not set up');
    await at.look('jamf-tested');
  });

  it('is saved, keeps its secret to itself, and is forgotten after a question', async () => {
    const at = visitor();
    await field('Client ID').fill('ods-client');
    await field('Client secret').fill('s3cret');
    await at.button('Save').click();
    await at.reads('One is saved. Empty keeps it, as long as the fields above stay.');
    expect(await field('Client secret').inputValue()).toBe('');
    await at.button('Test the connection').click(); // with the saved secret
    await at.reads('This is Jamf Pro 11.30.0.');
    await at.button('Forget the connection…').click();
    await at.dialog().getByRole('button', { name: 'Forget', exact: true }).click();
    await at.reads('Not set up');
    expect(jamf.writes).toEqual([]);
  });
}
