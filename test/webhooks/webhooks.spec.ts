import { Webhook } from 'standardwebhooks';
import { Job } from '#libs/entities/job.entity.js';
import { WebhookDelivery } from '#libs/entities/webhook-delivery.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PurgeDeliveriesHandler } from '#libs/webhooks/webhooks.handlers.js';
import { DeliverWebhook } from '#libs/webhooks/webhooks.jobs.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { eventually } from '../support/eventually.js';
import { Receiver } from './receiver.js';

const PASSWORD = 'vermilion otter teapot';
const HOUR = 3_600_000;

interface Item {
  readonly id: number;
  readonly secret: string;
}

interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly next_attempt_ts: number | null;
}

const signedIn = async (app: AppInProcess): Promise<AdminCaller> => {
  const admin = new AdminCaller(app.url);
  await admin.signIn({ username: 'admin', password: PASSWORD });
  return admin;
};

const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;

const deliveriesOf = async (admin: AdminCaller, { id }: Item): Promise<Delivery[]> =>
  (await json<{ items: Delivery[] }>(admin.send('GET', `webhooks/${id}/deliveries`))).items;

describe('webhooks', () => {
  let app: AppInProcess;
  let admin: AdminCaller;
  let receiver: Receiver;
  let shiftMs = 0;

  beforeAll(async () => {
    receiver = await new Receiver().start();
    app = await startApp({ withJobs: true, env: { ADMIN_PASSWORD: PASSWORD, WEBHOOK_ALLOW_LOCAL: 'true', JOB_POLL_MS: '50' } });
    app.app.get(Clock).now = () => Date.now() + shiftMs;
    admin = await signedIn(app);
  });
  afterEach(() => {
    receiver.answer = () => ({ status: 204 });
  });
  afterAll(async () => {
    await app.stop();
    receiver.stop();
  });

  const create = (path: string, more: object = {}): Promise<Item> =>
    json<Item>(admin.send('POST', 'webhooks', { name: path, url: receiver.urlOf(path), ...more }));
  const happens = (type: 'package.synced' | 'peer.unreachable', data: Record<string, unknown>): Promise<void> =>
    app.app.get(DomainEvents).record(type, data);
  /** As if that much time had passed; sign-ins end meanwhile. */
  const travel = async (ms: number): Promise<void> => {
    shiftMs += ms;
    admin = await signedIn(app);
  };

  it('reach each endpoint that selected the event, signed as the reference implementation expects', async () => {
    const all = await create('all');
    const some = await create('some', { events: ['peer.unreachable'] });
    await create('off', { enabled: false });
    await happens('package.synced', { filename: 'NoMAD.pkg' });
    await happens('peer.unreachable', { name: 'Oslo' });
    await eventually(() => expect(receiver.at('all')).toHaveLength(2));
    await eventually(() => expect(receiver.at('some')).toHaveLength(1));
    const first = receiver.at('all').find(({ body }) => body.includes('NoMAD'))!;
    const headers = first.headers as Record<string, string>;
    expect(new Webhook(all.secret).verify(first.body, headers)).toMatchObject({
      type: 'package.synced',
      data: { filename: 'NoMAD.pkg' },
      server: { iss: expect.any(String) as string },
    });
    expect(() => new Webhook(some.secret).verify(first.body, headers)).toThrow();
    await eventually(async () =>
      expect(await deliveriesOf(admin, all)).toMatchObject([{ state: 'delivered', response_status: 204 }, { state: 'delivered' }]),
    );
    const { items } = await json<{ items: { name: string; last_delivery: unknown }[] }>(admin.send('GET', 'webhooks'));
    expect(items.find(({ name }) => name === 'all')).toMatchObject({ last_delivery: (await deliveriesOf(admin, all))[0] });
    expect(items.find(({ name }) => name === 'off')).toMatchObject({ last_delivery: null });
    expect(receiver.at('off')).toEqual([]);
  });

  it('speak so that a chat understands it', async () => {
    await create('slack', { format: 'slack', events: ['peer.unreachable'] });
    await happens('peer.unreachable', { name: 'Oslo', reason: 'connect ECONNREFUSED' });
    await eventually(() => expect(receiver.at('slack')).toHaveLength(1));
    const expected = expect.stringMatching(/: peer\.unreachable Oslo \(connect ECONNREFUSED\)$/) as string;
    expect(JSON.parse(receiver.at('slack')[0]!.body)).toEqual({ text: expected });
  });

  it('speak as Teams and CloudEvents do, as a preview shows before', async () => {
    for (const [format, type] of [
      ['teams', 'application/json'],
      ['cloudevents', 'application/cloudevents+json'],
    ] as const) {
      const preview = await json<{ content_type: string; body: string }>(
        admin.send('POST', 'webhooks/preview', { format, event_type: 'package.synced' }),
      );
      expect(preview.content_type).toBe(type);
      await create(format, { format, events: ['package.synced'] });
      await happens('package.synced', { filename: 'preview.pkg' });
      await eventually(() => expect(receiver.at(format)).toHaveLength(1));
      const [{ headers, body }] = receiver.at(format) as unknown as [{ headers: Record<string, string>; body: string }];
      expect([headers['content-type'], body]).toEqual([type, expect.stringContaining('preview.pkg')]);
      expect(Object.keys(JSON.parse(body) as object)).toEqual(Object.keys(JSON.parse(preview.body) as object));
    }
  });

  it('do not take for delivered what a receiver says it did not do', async () => {
    receiver.answer = (path) =>
      path === '/connector' ? { status: 200, body: 'Webhook message delivery failed with error: HTTP error 429' } : { status: 204 };
    const connector = await create('connector', { format: 'teams', events: ['peer.unreachable'] });
    await happens('peer.unreachable', { name: 'Oslo' });
    await eventually(async () =>
      expect((await deliveriesOf(admin, connector))[0]).toMatchObject({
        ...{ state: 'pending', attempts: 1, response_status: 200 },
        last_error: expect.stringContaining('delivery failed'),
      }),
    );
    receiver.answer = () => ({ status: 204 });
  });

  it('are sent again with the same id when they fail, not before the receiver asks for it, and the log shows it', async () => {
    receiver.answer = (path) => (path === '/busy' ? { status: 429, headers: { 'retry-after': '3600' }, body: 'busy' } : { status: 204 });
    const busy = await create('busy', { events: ['package.synced'] });
    await happens('package.synced', { filename: 'a.pkg' });
    const first = { state: 'pending', attempts: 1, response_status: 429, response_body: 'busy', last_error: 'Answered 429.' };
    const waiting = await eventually(async () => {
      const [delivery] = await deliveriesOf(admin, busy);
      expect(delivery).toMatchObject(first);
      return delivery!;
    });
    expect(waiting.next_attempt_ts! * 1_000 - Date.now() - shiftMs).toBeGreaterThan(3_300_000);
    receiver.answer = () => ({ status: 200 });
    await travel(HOUR + 1_000);
    await eventually(async () => expect(await deliveriesOf(admin, busy)).toMatchObject([{ state: 'delivered', attempts: 2 }]));
    expect(receiver.at('busy').map(({ headers }) => headers['webhook-id'])).toEqual([waiting.id, waiting.id]);
  });

  it('are given up after ten attempts, and can be sent again by hand', async () => {
    receiver.answer = (path) => ({ status: path === '/down' ? 500 : 204 });
    const down = await create('down', { events: ['package.synced'] });
    await happens('package.synced', { filename: 'b.pkg' });
    for (let attempts = 1; attempts <= 10; attempts += 1) {
      await eventually(async () => expect((await deliveriesOf(admin, down))[0]).toMatchObject({ attempts }));
      await travel(27 * HOUR);
    }
    const [failed] = await deliveriesOf(admin, down);
    expect(failed).toMatchObject({ state: 'failed', attempts: 10 });
    await eventually(async () => expect(await app.app.get(Database).manager.countBy(Job, { type: DeliverWebhook.name })).toBe(0));
    receiver.answer = () => ({ status: 204 });
    expect((await admin.send('POST', `webhooks/${down.id}/deliveries/${failed!.id}/redeliver`)).status).toBe(202);
    await eventually(async () => {
      const states = (await deliveriesOf(admin, down)).map(({ state }) => state);
      expect(states.sort()).toEqual(['delivered', 'failed']);
    });
  });

  it('end at an address that says 410, and follow no redirect', async () => {
    const answers: Record<string, { status: number; headers?: Record<string, string> }> = {
      '/gone': { status: 410 },
      '/moved': { status: 307, headers: { location: receiver.urlOf('target') } },
    };
    receiver.answer = (path) => answers[path] ?? { status: 204 };
    const [gone, moved] = [await create('gone', { events: ['package.synced'] }), await create('moved', { events: ['package.synced'] })];
    await happens('package.synced', { filename: 'c.pkg' });
    const isOff = { enabled: false, disabled_reason: 'Its address answered 410 Gone.' };
    await eventually(async () => expect(await json(admin.send('GET', `webhooks/${gone.id}`))).toMatchObject(isOff));
    await eventually(async () => expect(await deliveriesOf(admin, moved)).toMatchObject([{ state: 'pending', response_status: 307 }]));
    expect(receiver.at('target')).toEqual([]);
    await admin.send('PATCH', `webhooks/${gone.id}`, { enabled: true });
    expect(await json(admin.send('GET', `webhooks/${gone.id}`))).toMatchObject({ enabled: true, disabled_reason: null });
    expect((await admin.send('DELETE', `webhooks/${moved.id}`)).status).toBe(204);
  });

  it('sign with both secrets for a day after a rotation', async () => {
    const rotated = await create('rotated', { events: ['peer.registered'] });
    const { secret } = await json<Item>(admin.send('POST', `webhooks/${rotated.id}/rotate_secret`));
    expect(secret).not.toBe(rotated.secret);
    expect(await json(admin.send('GET', `webhooks/${rotated.id}/secret`))).toEqual({ secret });
    const signatures = async (count: number): Promise<number> => {
      expect((await admin.send('POST', `webhooks/${rotated.id}/test`)).status).toBe(202);
      await eventually(() => expect(receiver.at('rotated')).toHaveLength(count));
      return String(receiver.at('rotated').at(-1)!.headers['webhook-signature']).split(' ').length;
    };
    expect(await signatures(1)).toBe(3);
    await travel(25 * HOUR);
    expect(await signatures(2)).toBe(2);
    expect(JSON.parse(receiver.at('rotated')[0]!.body)).toMatchObject({ type: 'webhook.test' });
  });

  it('keep their secrets sealed in the database', async () => {
    const { secret } = await create('sealed');
    const rows: unknown = await app.app.get(Database).manager.query('SELECT secret, private_key FROM webhook');
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6));
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });

  it('are refused in words when they make no sense', async () => {
    const wrongs = [
      { url: 'x' },
      { url: 'ftp://a/' },
      { url: 'http://me:secret@a/' },
      { events: [] },
      { events: ['x'] },
      { name: '' },
      { more: 1 },
    ];
    for (const wrong of wrongs) {
      expect((await admin.send('POST', 'webhooks', { name: 'wrong', url: 'http://a/', ...wrong })).status).toBe(400);
    }
    expect((await admin.send('GET', 'webhooks/999')).status).toBe(404);
    expect((await admin.send('DELETE', 'webhooks/999')).status).toBe(404);
    expect((await admin.send('POST', 'webhooks/999/test')).status).toBe(404);
    expect((await admin.send('POST', 'webhooks/1/deliveries/msg_x/redeliver')).status).toBe(404);
    expect((await json<{ items: unknown[] }>(admin.send('GET', 'webhooks/event_types'))).items.length).toBeGreaterThan(10);
  });

  it('are forgotten with their log', async () => {
    const { manager } = app.app.get(Database);
    await manager.createQueryBuilder().update(WebhookDelivery).set({ createdMs: 0 }).execute();
    await app.app.get(PurgeDeliveriesHandler).run();
    expect(await manager.count(WebhookDelivery)).toBe(0);
  });
});

describe('webhooks to where they must not go', () => {
  let app: AppInProcess;
  let admin: AdminCaller;
  let receiver: Receiver;

  beforeAll(async () => {
    receiver = await new Receiver().start();
    app = await startApp({ withJobs: true, env: { ADMIN_PASSWORD: PASSWORD } });
    admin = await signedIn(app);
  });
  afterAll(async () => {
    await app.stop();
    receiver.stop();
  });

  it.each([
    ...['127.0.0.1', 'localhost', '0', '2130706433', '0x7f.1', '017700000001', '127.1', 'LOCALHOST.'],
    ...['[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::]'],
  ])('are not sent to %s', async (host) => {
    const created = await json<Item>(admin.send('POST', 'webhooks', { name: host, url: `http://${host}:${receiver.port}/` }));
    await admin.send('POST', `webhooks/${created.id}/test`);
    await eventually(async () => {
      const [delivery] = await deliveriesOf(admin, created);
      expect(delivery).toMatchObject({ state: 'pending' });
      expect(delivery!.last_error).toMatch(/nothing is sent there|ENOTFOUND|EAI_AGAIN/);
    });
    expect(receiver.received).toEqual([]);
    await admin.send('DELETE', `webhooks/${created.id}`);
  });
});
