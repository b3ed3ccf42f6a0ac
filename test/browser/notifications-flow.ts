import { Mailbox } from '../email/mailbox.js';
import { selfSigned } from '../support/self-signed.js';
import type { Visitor } from './visitor.js';

/** How an administrator sets up e-mail; the visitor is signed in and sees the tabs. */
export function notificationsFlow(visitor: () => Visitor): void {
  const mailbox = new Mailbox({ ...selfSigned, onAuth: ({ username }, _session, done) => done(null, { user: username ?? '' }) });
  beforeAll(async () => void (await mailbox.start()));
  afterAll(() => mailbox.stop());

  const field = (label: string) => visitor().page.getByLabel(label, { exact: true });

  it('teaches its first step, and says in words what the mail server does not like', async () => {
    const at = visitor();
    at.expect('422 /api/admin/notifications/email/test');
    await at.open('E-mail');
    await at.reads('Not set up');
    await at.look('email-empty');
    await field('Recipients').fill('it@example.com\npackaging@example.com');
    await field('Sender').fill('ods@example.com');
    await field('Name or address').fill('localhost');
    await field('Port').fill(String(mailbox.port));
    await field('User name').fill('ods');
    await field('Password').fill('for the mail server');
    await at.button('Save and send a test').click();
    await at.reads(/The certificate of localhost:\d+ is not trusted: self-signed certificate\./);
    await at.look('email-refused');
    expect(mailbox.mails).toEqual([]);
  });

  it('sends a test with what is typed, and keeps the password to itself', async () => {
    const at = visitor();
    await at.page.getByRole('checkbox', { name: 'Its certificate must be trusted' }).uncheck();
    await field('Password').fill('for the mail server');
    await at.button('Save and send a test').click();
    await at.reads('The mail server took a message for it@example.com, packaging@example.com.');
    expect(mailbox.mails).toMatchObject([{ user: 'ods', isEncrypted: true, to: ['it@example.com', 'packaging@example.com'] }]);
    await at.reads('One is saved. Empty keeps it.');
    expect(await field('Password').inputValue()).toBe('');
    await at.look('email');
  });

  it('says what is wrong with an address, and what was typed stays', async () => {
    const at = visitor();
    at.expect('400 /api/admin/notifications/email');
    await field('Recipients').fill('not an address');
    await at.button('Save').click();
    await at.reads('recipients must be e-mail addresses');
    expect(await field('Recipients').inputValue()).toBe('not an address');
    await field('Recipients').fill('it@example.com');
    await at.page.getByRole('switch', { name: 'Send events by e-mail' }).click();
    await at.button('Save').click();
    await at.page.getByLabel('How it goes').getByText('Off', { exact: true }).waitFor();
  });
}
