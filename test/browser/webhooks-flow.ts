import { Webhook } from 'standardwebhooks';
import { Receiver } from '../webhooks/receiver.js';
import type { Visitor } from './visitor.js';

interface Visitors {
  /** At a server that may send to this machine. */
  readonly allowed: Visitor;
  /** At a server that may not. */
  readonly refused: Visitor;
}

/** What administrators do on the pages of webhooks; both are signed in and see the tabs. */
export function webhooksFlow(visitors: () => Visitors): void {
  const receiver = new Receiver();
  beforeAll(async () => void (await receiver.start()));
  afterAll(() => receiver.stop());

  const add = async (at: Visitor, kind: string, name: string) => {
    await at.open('Webhooks');
    await at.button(kind).click();
    await at.page.getByRole('textbox', { name: /^Name/ }).fill(name);
    await at.page.getByLabel('Address').fill(receiver.urlOf(name));
  };
  const act = async (at: Visitor, item: string) => {
    await at.button('More').click();
    await at.menuItem(item).click();
  };

  it('post some events to a chat, and show the test arrive', async () => {
    const { allowed } = visitors();
    await allowed.open('Webhooks');
    await allowed.heading('No receivers yet').waitFor();
    await allowed.look('webhooks-empty');
    await add(allowed, 'Add a chat (Slack, Teams…)', 'packaging');
    await allowed.page.getByRole('radio', { name: 'Only what I choose' }).check();
    await allowed.button('Add it').click();
    await allowed.reads('Choose at least one event.');
    await allowed.page.getByRole('checkbox', { name: 'Packages', exact: true }).check();
    await allowed.look('webhook-dialog');
    await allowed.button('Add it').click();
    await allowed.heading('packaging').waitFor();
    await allowed.heading('Nothing was sent yet').waitFor();
    await allowed.look('webhook-nothing-sent');
    await allowed.button('Send a test').click();
    await allowed.reads('The test arrived at packaging.');
    expect(JSON.parse(receiver.at('packaging')[0]!.body)).toEqual({
      text: expect.stringContaining('This is a test of the webhook') as string,
    });
  });

  it('open a delivery in its place, send it again, and say what is wrong', async () => {
    const { allowed } = visitors();
    const line = allowed.page.getByRole('button', { name: /Delivered.*Test/ });
    await line.first().click();
    await allowed.heading('What was answered').waitFor();
    await allowed.look('webhook');
    receiver.answer = () => ({ status: 404, body: 'no_service' });
    await allowed.button('Send it again').click();
    await allowed.reads('The receiver knows nothing at that path.');
    await allowed.page.getByLabel('Outcome').click();
    await allowed.page.getByRole('option', { name: 'On its way, or tried again' }).click();
    await allowed.page.getByRole('button', { name: /Tried again.*Test/ }).waitFor();
    await line.first().waitFor({ state: 'detached' });
    await allowed.look('webhook-filtered');
  });

  it('are switched off and on, changed, and deleted', async () => {
    const { allowed } = visitors();
    await act(allowed, 'Disable');
    await allowed.reads('No events are sent to packaging any more.');
    await allowed.button('Undo').click();
    await allowed.page.getByLabel('Facts').getByText('On', { exact: true }).waitFor();
    await allowed.button('Edit').click();
    await allowed.page.getByRole('textbox', { name: /^Name/ }).fill('packagers');
    await allowed.button('Save').click();
    await allowed.heading('packagers').waitFor();
    await allowed.open('Webhooks');
    await allowed.row('packagers').getByText('The receiver knows nothing at that path.').waitFor();
    receiver.answer = () => ({ status: 204 }); // not before: it is tried again every few seconds
    await allowed.look('webhooks');
    await allowed.button('Actions for packagers').click();
    await allowed.menuItem('Send a test').click();
    await allowed.reads('The test arrived at packagers.');
    await allowed.page.getByRole('link', { name: 'packagers' }).click();
    await act(allowed, 'Delete…');
    await allowed.dialog().waitFor();
    await allowed.look('webhook-delete');
    await allowed.button('Delete').click();
    await allowed.heading('No receivers yet').waitFor();
  });

  it('give a program its secret, and a new one', async () => {
    const { allowed } = visitors();
    await add(allowed, 'Add a webhook', 'inventory');
    await allowed.button('Add it').click();
    const first = await allowed.dialog().locator('.secret').innerText();
    await allowed.look('webhook-secret');
    await allowed.button('I have it').click();
    await allowed.button('Send a test').click();
    await allowed.reads('The test arrived at inventory.');
    const { body, headers } = receiver.at('inventory')[0]!;
    expect(() => new Webhook(first).verify(body, headers as Record<string, string>)).not.toThrow();
    await act(allowed, 'New secret…');
    await allowed.button('Make a new secret').click();
    await allowed.eventually(async () => expect(await allowed.dialog().locator('.secret').innerText()).not.toBe(first));
    await allowed.button('I have it').click();
    await allowed.reads('signs as well until it ends');
    await act(allowed, 'Show the secret');
    await allowed.button('I have it').click();
  });

  it('say when an address is refused', async () => {
    const { refused } = visitors();
    await add(refused, 'Add a chat (Slack, Teams…)', 'myself');
    await refused.button('Add it').click();
    await refused.button('Send a test').click();
    await refused.reads('Webhooks are not sent to this machine itself');
    expect(receiver.at('myself')).toEqual([]);
    await refused.look('webhook-refused');
  });
}
