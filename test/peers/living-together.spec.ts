import { ServerIdentity } from '#libs/about/server-identity.js';
import { Job } from '#libs/entities/job.entity.js';
import { Peer } from '#libs/entities/peer.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { RefreshPeersHandler } from '#libs/peers/registration/registration.handlers.js';
import { auditOf } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { Site } from '../support/site.js';

const sites: Site[] = [];
/** A server that runs its jobs, and is stopped when the tests are over. */
async function start(name: string, options: Parameters<typeof Site.start>[1] = {}): Promise<Site> {
  const site = await Site.start(name, { withJobs: true, ...options, env: { JOB_POLL_MS: '50', ...options.env } });
  sites.push(site);
  return site;
}
afterAll(() => Promise.all(sites.map((site) => site.stop())));

const peerOf = async (site: Site, name: string): Promise<Record<string, unknown>> => {
  const found = (await site.peers()).find((peer) => peer['name'] === name);
  if (!found) throw new Error(`${name} is not registered.`);
  return found;
};
const change = (site: Site, { id }: Record<string, unknown>, method: string, body?: unknown): Promise<Response> =>
  site.admin.send(method, `registered_ods/${String(id)}`, body);
const jobs = (site: Site, type: string): Promise<Job[]> => site.server.app.get(Database).manager.findBy(Job, { type });

async function upload(site: Site, filename: string, content: string): Promise<void> {
  const form = new FormData();
  form.set('file', new Blob([content]), filename);
  const response = await fetch(`${site.url}/api/admin/upload`, {
    method: 'POST',
    body: form,
    headers: { authorization: `Bearer ${site.admin.token}` },
  });
  expect(response.status).toBe(201);
}
const hasPackage = async (site: Site, filename: string, content: string): Promise<void> => {
  const response = await fetch(`${site.url}/share/${filename}`);
  expect([response.status, await response.text()]).toEqual([200, content]);
};

describe('two registered servers', () => {
  let london: Site;
  let paris: Site;
  beforeAll(async () => {
    [london, paris] = await Promise.all([start('London'), start('Paris')]);
  });

  it('exchange what each of them has at once, whoever registered', async () => {
    await Promise.all([upload(london, 'a.pkg', 'from London'), upload(paris, 'b.pkg', 'from Paris')]);
    await london.registerWith(paris);
    await eventually(() => Promise.all([hasPackage(paris, 'a.pkg', 'from London'), hasPackage(london, 'b.pkg', 'from Paris')]));
    await eventually(async () =>
      expect(await peerOf(london, 'Paris')).toMatchObject({
        status: 'connected',
        last_error: null,
        lag: 0,
        acked_seq: expect.any(Number) as number,
      }),
    );
    await eventually(async () => expect((await peerOf(london, 'Paris'))['pulled_seq']).toBeGreaterThan(0));
  });

  it('send each other what changes', async () => {
    await paris.set({ name: 'Lutetia', stage: 'Dev' });
    await eventually(async () =>
      expect(await london.peers()).toEqual([expect.objectContaining({ name: 'Lutetia', stage: 'Dev', url: paris.url })]),
    );
    expect((await auditOf(london.server)).at(-1)).toMatchObject({ action: 'peer.updated', actorKind: 'peer', subject: 'Lutetia' });
    await paris.set({ name: 'Paris', stage: 'Prod' });
    await eventually(async () => expect(await london.peers()).toEqual([expect.objectContaining({ name: 'Paris', stage: 'Prod' })]));
  });

  it('do not believe a new URL that does not answer as its sender', async () => {
    const stranger = await start('Stranger');
    await paris.set({ url: stranger.url });
    await eventually(async () =>
      expect((await jobs(paris, 'registration.tell-peer'))[0]?.lastError).toContain('Another server answers there'),
    );
    expect(await peerOf(london, 'Paris')).toMatchObject({ url: paris.url });
    await paris.set({ url: paris.url });
    await eventually(async () => expect(await jobs(paris, 'registration.tell-peer')).toEqual([]));
  });

  it('leave each other alone while one is paused, and catch up when it is resumed', async () => {
    const atLondon = await peerOf(london, 'Paris');
    const paused = await change(london, atLondon, 'PATCH', { paused: true });
    expect([paused.status, await paused.json()]).toEqual([200, expect.objectContaining({ status: 'paused' })]);
    await upload(london, 'c.pkg', 'later');
    await eventually(async () => expect(await jobs(london, 'packages.catalog-changed')).toEqual([]));
    const sync = await london.admin.send('POST', `registered_ods/${String(atLondon['id'])}/sync`);
    expect(sync.status).toBe(409);
    expect((await peerOf(london, 'Paris'))['lag']).toBeGreaterThan(0);
    expect((await change(london, atLondon, 'PATCH', { paused: false })).status).toBe(200);
    await eventually(() => hasPackage(paris, 'c.pkg', 'later'));
    expect((await auditOf(london.server)).map(({ action }) => action)).toEqual(expect.arrayContaining(['peer.paused', 'peer.resumed']));
    expect((await london.admin.send('POST', `registered_ods/${String(atLondon['id'])}/sync`)).status).toBe(202);
  });

  it('part from each other when one unregisters; packages stay', async () => {
    expect((await change(london, await peerOf(london, 'Paris'), 'DELETE')).status).toBe(204);
    expect(await london.peers()).toEqual([]);
    await eventually(async () => expect(await paris.peers()).toEqual([]));
    expect((await auditOf(london.server)).at(-1)).toMatchObject({
      action: 'peer.unregistered',
      actorKind: 'user',
      actor: 'admin',
      subject: 'Paris',
      details: { by: 'this server' },
    });
    expect((await auditOf(paris.server)).at(-1)).toMatchObject({
      action: 'peer.unregistered',
      actorKind: 'peer',
      actor: 'London',
      subject: 'London',
      details: { by: 'the peer' },
    });
    await Promise.all([hasPackage(paris, 'a.pkg', 'from London'), hasPackage(london, 'b.pkg', 'from Paris')]);
    await eventually(async () => expect(await jobs(london, 'registration.say-goodbye')).toEqual([]));
  });

  it('can be registered again, from the other side once it is unblocked, and go on', async () => {
    const refused = await paris.register(await london.invitation());
    expect([refused.status, ((await refused.json()) as { detail: string }).detail]).toEqual([422, expect.stringContaining('is blocked')]);
    expect((await london.admin.send('DELETE', `blocked_servers/${(await paris.about()).iss}`)).status).toBe(204);
    await paris.registerWith(london);
    await upload(london, 'd.pkg', 'again');
    await eventually(() => hasPackage(paris, 'd.pkg', 'again'));
  });
});

describe('a server that is away', () => {
  it('is shown with the reason, hears of a parting when it is back, and lets it be', async () => {
    const here = await start('Here');
    const dataDir = scratchDir('away');
    const port = new URL((await start('Placeholder')).url).port; // free once its server has stopped
    await sites.pop()!.stop();
    const settings = { url: `http://127.0.0.1:${port}` };
    const startAway = () => Site.start('Away', { dataDir, withJobs: true, env: { JOB_POLL_MS: '50' }, settings, port: Number(port) });
    const away = await startAway();
    await here.registerWith(away);
    await eventually(async () => expect(await here.peers()).toEqual([expect.objectContaining({ name: 'Away', status: 'connected' })]));
    await away.stop();
    const { id } = await peerOf(here, 'Away');
    await here.admin.send('POST', `registered_ods/${String(id)}/sync`);
    await eventually(async () =>
      expect(await peerOf(here, 'Away')).toMatchObject({
        status: 'unreachable',
        unreachable_since_ts: expect.any(Number) as number,
        last_error: expect.stringContaining('Nothing answers') as string,
      }),
    );
    expect((await here.admin.send('DELETE', `registered_ods/${String(id)}`)).status).toBe(204);
    await eventually(async () => expect((await jobs(here, 'registration.say-goodbye'))[0]?.lastError).toContain('Nothing answers'));
    const back = await startAway();
    try {
      await eventually(async () => expect(await back.peers()).toEqual([]), { timeoutMs: 30_000 });
      await eventually(async () => expect(await jobs(here, 'registration.say-goodbye')).toEqual([]));
    } finally {
      await back.stop();
    }
  });

  it('that was not notified finds out that it is not known any more', async () => {
    const [one, other] = await Promise.all([start('One'), start('Other')]);
    await one.registerWith(other);
    await eventually(async () => expect(await peerOf(one, 'Other')).toMatchObject({ status: 'connected', last_error: null }));
    await other.server.app.get(Database).manager.createQueryBuilder().delete().from(Peer).execute(); // restored from an old backup, say
    const { id } = await peerOf(one, 'Other');
    await one.admin.send('POST', `registered_ods/${String(id)}/sync`);
    await eventually(async () =>
      expect(await peerOf(one, 'Other')).toMatchObject({
        status: 'unreachable',
        last_error: expect.stringContaining('not registered') as string,
      }),
    );
    await one.registerWith(other);
    await eventually(async () => expect(await peerOf(one, 'Other')).toMatchObject({ status: 'connected', last_error: null }));
  });
});

describe('a firewalled server', () => {
  let open: Site;
  let hidden: Site;
  beforeAll(async () => {
    open = await start('Open');
    hidden = await start('Hidden', { settings: { firewalled_mode: 'Enabled', url: undefined } });
    await hidden.registerWith(open);
  });

  it('gets what the other has', async () => {
    await upload(open, 'a.pkg', 'for all');
    const { id } = await peerOf(hidden, 'Open');
    await hidden.admin.send('POST', `registered_ods/${String(id)}/sync`);
    await eventually(() => hasPackage(hidden, 'a.pkg', 'for all'));
  });

  it('asks for news of its peers, because they cannot call it', async () => {
    await open.set({ name: 'Opened', stage: 'Test' });
    await eventually(async () => expect(await jobs(open, 'about.server-changed')).toEqual([]));
    expect(await hidden.peers()).toEqual([expect.objectContaining({ name: 'Open' })]);
    await hidden.server.app.get(RefreshPeersHandler, { strict: false }).run();
    await eventually(async () =>
      expect(await hidden.peers()).toEqual([expect.objectContaining({ name: 'Opened', stage: 'Test', url: open.url })]),
    );
  });

  it('cannot come out of it with the URL of another server', async () => {
    const victim = await start('Victim');
    await hidden.set({ url: victim.url });
    await eventually(async () => expect(await peerOf(open, 'Hidden')).toMatchObject({ url: victim.url, firewalled_mode: true }));
    await hidden.set({ firewalled_mode: false });
    await eventually(async () =>
      expect((await jobs(hidden, 'registration.tell-peer'))[0]?.lastError).toContain('Another server answers there'),
    );
    expect(await peerOf(open, 'Hidden')).toMatchObject({ firewalled_mode: true });
    await hidden.set({ url: hidden.url });
    await eventually(async () => expect(await peerOf(open, 'Hidden')).toMatchObject({ firewalled_mode: false, url: hidden.url }));
  });

  it('is forgotten without being called', async () => {
    await hidden.set({ firewalled_mode: true });
    await eventually(async () => expect(await peerOf(open, 'Hidden')).toMatchObject({ firewalled_mode: true }));
    expect((await change(open, await peerOf(open, 'Hidden'), 'DELETE')).status).toBe(204);
    expect(await jobs(open, 'registration.say-goodbye')).toEqual([]);
    const { id } = await peerOf(hidden, 'Opened');
    await hidden.admin.send('POST', `registered_ods/${String(id)}/sync`);
    await eventually(async () =>
      expect(await peerOf(hidden, 'Opened')).toMatchObject({
        status: 'unreachable',
        last_error: expect.stringContaining('not registered') as string,
      }),
    );
  });
});

describe('a server that knows no URL of its own', () => {
  it('stays where it was found when it announces another change', async () => {
    const [named, nameless] = await Promise.all([start('Named'), start('Nameless', { settings: { url: undefined } })]);
    await named.registerWith(nameless);
    await nameless.set({ name: 'Anonymous' });
    await eventually(async () => expect(await named.peers()).toEqual([expect.objectContaining({ name: 'Anonymous', url: nameless.url })]));
    expect((await nameless.server.app.get(ServerIdentity).read()).url).toBeNull();
  });
});
