import { DomainEvents } from '#libs/events/domain-events.js';
import type { EventType } from '#libs/events/event-types.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import { selfSigned } from '../support/self-signed.js';
import { Mailbox } from './mailbox.js';

const PASSWORD = 'vermilion otter teapot';
const MINUTE = 60_000;
const env = { ADMIN_PASSWORD: PASSWORD, JOB_POLL_MS: '50' };

interface Settings {
  readonly password_set: boolean;
  readonly last_sent_ts: number | null;
  readonly last_error: string | null;
}

const signedIn = async ({ url }: AppInProcess): Promise<AdminCaller> => {
  const admin = new AdminCaller(url);
  await admin.signIn({ username: 'admin', password: PASSWORD });
  return admin;
};

describe('e-mail', () => {
  let app: AppInProcess;
  let replica: AppInProcess;
  let admin: AdminCaller;
  /** In plain text, with sign-in and STARTTLS, and with TLS from the start. */
  const open = new Mailbox({ authOptional: true, disabledCommands: ['STARTTLS'] });
  const upgraded = new Mailbox({
    ...selfSigned,
    onAuth: ({ username, password }, _session, done) =>
      username === 'ods' && password === 'for the mail server' ? done(null, { user: username }) : done(new Error('Wrong password')),
  });
  const closed = new Mailbox({ ...selfSigned, secure: true, authOptional: true });
  let shiftMs = 0;

  beforeAll(async () => {
    await Promise.all([open, upgraded, closed].map((box) => box.start()));
    app = await startApp({ withJobs: true, env });
    replica = await startApp({ withJobs: true, env, dataDir: app.dataDir });
    for (const each of [app, replica]) each.app.get(Clock).now = () => Date.now() + shiftMs;
    admin = await signedIn(app);
  });
  afterEach(() => {
    for (const box of [open, upgraded, closed]) box.mails.length = 0;
  });
  afterAll(async () => {
    await replica.stop();
    await app.stop();
    await Promise.all([open, upgraded, closed].map((box) => box.stop()));
  });

  const input = (more: object = {}): object => ({
    ...{ enabled: true, host: '127.0.0.1', port: open.port, security: 'none', username: null, sender: 'ods@example.com' },
    ...{ recipients: ['it@example.com'], events: ['package.sync_failed', 'deletes.held'], digest_minutes: 0, ...more },
  });
  const put = (more?: object): Promise<Response> => admin.send('PUT', 'notifications/email', input(more));
  const set = async (more?: object): Promise<Settings> => {
    const response = await put(more);
    expect(response.status).toBe(200);
    return (await response.json()) as Settings;
  };
  const get = async (): Promise<Settings> => (await (await admin.send('GET', 'notifications/email')).json()) as Settings;
  const test = (): Promise<Response> => admin.send('POST', 'notifications/email/test');
  const happens = (type: EventType, data: Record<string, unknown>): Promise<void> => app.app.get(DomainEvents).record(type, data);
  const arrives = (box: Mailbox, count = 1) => eventually(() => expect(box.mails).toHaveLength(count));

  it('is not set up at first, and says so', async () => {
    expect(await get()).toMatchObject({ enabled: false, host: '', password_set: false, security: 'starttls', digest_minutes: 5 });
    const response = await test();
    expect(response.status).toBe(422);
    expect((await problem(response)).detail).toMatch(/^E-mail is not set up\. Save a mail server/);
  });

  it('reports what is selected, in text and HTML that hold what other servers wrote harmlessly', async () => {
    await set();
    await happens('package.uploaded', { filename: 'not-selected.pkg', stage: 'Prod' });
    await happens('package.sync_failed', { filename: 'No<b>MAD</b>\r\nBcc: all@example.com', reason: 'Berlin sent wrong blocks.' });
    await arrives(open);
    const [mail] = open.mails;
    expect(mail).toMatchObject({ from: 'ods@example.com', to: ['it@example.com'], isEncrypted: false });
    expect(mail!.headers['subject']).toMatch(/could not be fetched/);
    expect(mail!.headers).toMatchObject({ 'auto-submitted': 'auto-generated', to: 'it@example.com' });
    expect(mail!.headers).not.toHaveProperty('bcc');
    expect(mail!.headers['content-type']).toMatch(/^multipart\/alternative/);
    expect(mail!.body).toMatch(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}No<b>MAD<\/b> Bcc: all@example\.com could not be fetched: Berlin sent wrong/,
    );
    expect(mail!.body).toContain('No&#60;b&#62;MAD&#60;/b&#62; Bcc: all@example.com could not be fetched');
    expect(mail!.body).not.toContain('not-selected.pkg');
    await eventually(async () => expect(await get()).toMatchObject({ last_error: null, last_sent_ts: expect.any(Number) as number }));
  });

  it('gathers a storm in one message of two replicas, and counts what is too much to read', async () => {
    await set({ digest_minutes: 10 });
    for (let index = 0; index < 130; index += 1) await happens('package.sync_failed', { filename: `many-${index}.pkg` });
    await happens('deletes.held', { peer: 'Oslo', packages: 40 });
    shiftMs += 11 * MINUTE;
    admin = await signedIn(app);
    await arrives(open);
    const [{ headers, body }] = open.mails as [Mailbox['mails'][number]];
    expect(headers['subject']).toMatch(/130 packages could not be fetched, 1 mass change held$/);
    expect(body).toContain('many-99.pkg could not be fetched.');
    expect(body).not.toContain('many-100.pkg');
    expect(body).toContain('And 31 more.');
    await happens('deletes.held', { peer: 'Bergen', packages: 12 });
    shiftMs += 11 * MINUTE;
    admin = await signedIn(app);
    await arrives(open, 2);
    expect(open.mails[1]!.body).toContain('Changes from Bergen would delete, replace or withdraw 12 packages');
    expect(open.mails[1]!.body).not.toContain('Oslo');
  });

  it('waits for a mail server that is down, says why, and loses nothing', async () => {
    await set();
    await open.stop();
    await happens('deletes.held', { peer: 'Oslo', packages: 7 });
    await eventually(async () => expect((await get()).last_error).toMatch(/^Nothing answers at 127\.0\.0\.1:\d+: connect ECONNREFUSED/));
    await happens('deletes.held', { peer: 'Bergen', packages: 8 });
    await open.start();
    expect(await set()).toMatchObject({ last_error: null }); // tried at once
    await arrives(open);
    expect(open.mails[0]!.headers['subject']).toMatch(/2 mass changes held$/);
  });

  it('reports nothing of the time in which it was switched off', async () => {
    await set({ enabled: false });
    await happens('deletes.held', { peer: 'Oslo', packages: 70 });
    await set();
    await happens('deletes.held', { peer: 'Bergen', packages: 80 });
    await arrives(open);
    expect(open.mails[0]!.body).toMatch(/Bergen/);
    expect(open.mails[0]!.body).not.toMatch(/Oslo/);
  });

  it('signs in, only over TLS and only to a server whose certificate is trusted or need not be', async () => {
    const way = { port: upgraded.port, security: 'starttls', username: 'ods', password: 'for the mail server' };
    await set({ ...way, enabled: false });
    expect((await problem(await test())).detail).toMatch(/^The certificate of 127\.0\.0\.1:\d+ is not trusted: self-signed certificate\.$/);
    expect(await set({ ...way, enabled: false, verify_certificate: false })).toMatchObject({ password_set: true });
    const sent = await test();
    expect(await sent.json()).toEqual({ accepted: ['it@example.com'], refused: [] });
    expect(upgraded.mails).toMatchObject([{ user: 'ods', isEncrypted: true }]);
    await set({ ...way, password: 'another', verify_certificate: false });
    expect((await problem(await test())).detail).toMatch(/did not take the user name and password: 535 Wrong password\.$/);
    await set({ security: 'starttls' });
    expect((await problem(await test())).detail).toMatch(/offers no STARTTLS, so nothing was sent/);
    expect(open.mails).toEqual([]);
  });

  it('speaks TLS from the start, and hints at it when the port does not', async () => {
    await set({ port: closed.port, security: 'tls', verify_certificate: false });
    expect((await test()).status).toBe(200);
    expect(closed.mails).toMatchObject([{ isEncrypted: true }]);
    await set({ port: open.port, security: 'tls' });
    expect((await problem(await test())).detail).toMatch(/does not speak TLS from the start; try STARTTLS/);
  });

  it('says who was refused, and sends to the others', async () => {
    open.refused.add('gone@example.com');
    await set({ recipients: ['it@example.com', 'gone@example.com'] });
    expect(await (await test()).json()).toEqual({ accepted: ['it@example.com'], refused: ['gone@example.com'] });
    await happens('deletes.held', { peer: 'Oslo', packages: 7 });
    await arrives(open, 2);
    await eventually(async () => expect((await get()).last_error).toBe('The mail server refused gone@example.com.'));
    await set({ recipients: ['gone@example.com'] });
    expect((await problem(await test())).detail).toMatch(/refused the sender or all recipients: .*No such user here\.$/);
  });

  it('keeps its password to itself, also from whoever would lead it elsewhere', async () => {
    const way = { port: upgraded.port, security: 'starttls', username: 'ods', verify_certificate: false };
    await set({ ...way, password: 'for the mail server' });
    expect(await set(way)).toMatchObject({ password_set: true, username: 'ods' });
    expect((await test()).status).toBe(200);
    for (const elsewhere of [{ port: 2_525 }, { host: 'localhost' }, { username: 'else' }, { verify_certificate: true }]) {
      expect(await problem(await put({ ...way, ...elsewhere }))).toMatchObject({ status: 400, errors: [{ pointer: '/password' }] });
    }
    expect(await problem(await put({ ...way, security: 'none' }))).toMatchObject({ status: 400, errors: [{ pointer: '/username' }] });
    expect(await set()).toMatchObject({ password_set: false, username: null });
    const stored = await app.app.get(Database).manager.query('SELECT * FROM mail_settings');
    expect(JSON.stringify(stored)).not.toContain('for the mail server');
    const trail = (await auditOf(app)).filter(({ action }) => action === 'email.updated');
    expect(JSON.stringify(trail)).not.toContain('for the mail server');
    expect(trail.length).toBeGreaterThan(0);
  });

  it.each([
    ['a host with a port', { host: 'mail.example.com:25' }],
    ['no recipients', { recipients: [] }],
    ['a recipient with a second line', { recipients: ['it@example.com\r\nBcc: all@example.com'] }],
    ['an unknown event', { events: ['package.eaten'] }],
    ['a sender that is no address', { sender: 'ODS' }],
    ['too long a digest', { digest_minutes: 1_441 }],
    ['an unknown field', { smtp: 'x' }],
  ])('refuses %s', async (_, more) => {
    expect(await problem(await put(more))).toMatchObject({ status: 400 });
  });

  it('is not sent to metadata addresses', async () => {
    await set({ host: '169.254.169.254', port: 80 });
    expect((await problem(await test())).detail).toMatch(/link-local or metadata address/);
  });
});
