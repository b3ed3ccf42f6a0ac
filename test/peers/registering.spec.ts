import { Clock } from '#libs/platform/clock.js';
import { problem } from '../support/admin-caller.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';
import { Site } from '../support/site.js';

const sites: Site[] = [];
/** A server that is stopped when the tests are over. */
async function start(name: string, options: Parameters<typeof Site.start>[1] = {}): Promise<Site> {
  const site = await Site.start(name, options);
  sites.push(site);
  return site;
}
afterAll(() => Promise.all(sites.map((site) => site.stop())));

/** The reason that the administrator is shown; no peer must have been recorded. */
async function refusal(by: Site, input: object, status = 422): Promise<string> {
  const before = await by.peers();
  const response = await by.register(input);
  expect(response.status).toBe(status);
  expect(await by.peers()).toEqual(before);
  return (await problem(response)).detail;
}

forEachDatabase((database) =>
  describe('two servers', () => {
    let london: Site;
    let paris: Site;
    beforeAll(async () => {
      [london, paris] = await Promise.all([
        start('London', { env: { DATABASE_URL: database.url } }),
        start('Paris', { settings: { stage: 'Test' } }),
      ]);
    });

    it('know each other once one of them is registered with the other', async () => {
      const answer = await london.registerWith(paris);
      const [atLondon] = await london.peers();
      expect(atLondon).toEqual(answer);
      const { iss } = await paris.about();
      const now = Math.floor(Date.now() / 1_000);
      expect(atLondon).toEqual({
        firewalled_mode: false,
        id: 1,
        iss,
        name: 'Paris',
        registered_on: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/) as string,
        registered_on_ts: expect.any(Number) as number,
        stage: 'Test',
        url: paris.url,
        status: 'connected',
        last_seen_ts: expect.any(Number) as number,
        unreachable_since_ts: null,
        last_error: null,
        last_refusal: null,
        last_refusal_ts: null,
        unencrypted: false,
        rejected: 0,
        rejected_reason: null,
        download_limit: null,
        upload_limit: null,
        lag: 0,
        paused_there_ts: null,
        pulled_seq: 0,
        acked_seq: 0,
      });
      expect(Math.abs((atLondon!['registered_on_ts'] as number) - now)).toBeLessThan(10);
      expect(await paris.peers()).toEqual([
        expect.objectContaining({ iss: (await london.about()).iss, name: 'London', stage: 'Prod', url: london.url }),
      ]);
    });

    it('write down who did it', async () => {
      const { iss } = await paris.about();
      expect((await auditOf(london.server)).at(-1)).toMatchObject({
        action: 'peer.registered',
        actorKind: 'user',
        actor: 'admin',
        subject: 'Paris',
        details: { iss, key_changed: false },
      });
      expect((await auditOf(paris.server)).at(-1)).toMatchObject({
        action: 'peer.registered',
        actorKind: 'peer',
        actor: 'London',
        subject: 'London',
      });
      const { key } = await paris.about();
      expect(JSON.stringify([await auditOf(london.server), await auditOf(paris.server)])).not.toContain(key);
    });

    it('are registered once, however often that is asked for, from both sides and at the same time', async () => {
      const before = await london.peers();
      await Promise.all([london.registerWith(paris), paris.registerWith(london), london.registerWith(paris), paris.registerWith(london)]);
      const [after] = await london.peers();
      expect(after).toMatchObject({ id: before[0]!['id'], registered_on_ts: before[0]!['registered_on_ts'] });
      expect(await london.peers()).toHaveLength(1);
      expect(await paris.peers()).toHaveLength(1);
    });

    it('may meet at the same moment for the first time', async () => {
      const [rome, oslo] = await Promise.all([
        start('Rome', { env: { DATABASE_URL: await database.another() } }),
        start('Oslo', { env: { DATABASE_URL: await database.another() } }),
      ]);
      await Promise.all([rome.registerWith(oslo), oslo.registerWith(rome)]);
      expect(await rome.peers()).toEqual([expect.objectContaining({ name: 'Oslo' })]);
      expect(await oslo.peers()).toEqual([expect.objectContaining({ name: 'Rome' })]);
    });

    it('have numbers that no other server has', async () => {
      for (const id of ['0', '99', '2147483647']) expect((await london.admin.send('GET', `registered_ods/${id}`)).status).toBe(404);
      for (const id of ['-1', '1.5', 'x', '2147483648', '99999999999999999999'])
        expect((await london.admin.send('GET', `registered_ods/${id}`)).status).toBe(400);
    });
  }),
);

describe('what an administrator enters', () => {
  let london: Site;
  let paris: Site;
  beforeAll(async () => {
    [london, paris] = await Promise.all([start('London'), start('Paris')]);
  });

  it("may have the ISS ID in a UUID's dashes, in capitals, and spaces of copying around everything", async () => {
    const { url, iss_id: iss, key } = await paris.invitation();
    const dashed = [iss.slice(0, 8), iss.slice(8, 12), iss.slice(12, 16), iss.slice(16, 20), iss.slice(20)].join('-').toUpperCase();
    const response = await london.register({ url: ` ${url}/ `, iss_id: ` ${dashed}\n`, key: ` ${key} ` });
    expect(response.status).toBe(201);
    expect(await london.peers()).toEqual([expect.objectContaining({ iss, url })]);
  });

  it.each([
    ['/url', { url: 'ods.example.com' }, 'absolute'],
    ['/url', { url: '' }, 'absolute'],
    ['/url', { url: 'file:///etc/passwd' }, 'http'],
    ['/url', { url: 'http://a:b@127.0.0.1' }, 'user name'],
    ['/url', { url: null }, 'string'],
    ['/iss_id', { iss_id: 'b56eeb6b-64aa-4382-b8' }, '32 hexadecimal'],
    ['/iss_id', { iss_id: 'g'.repeat(32) }, '32 hexadecimal'],
    ['/key', { key: '' }, '44 characters'],
    ['/key', { key: '   ' }, '44 characters'],
    ['/key', { key: 'r3Yt354eDTY0' }, '44 characters'],
    ['/key', { key: null }, 'string'],
  ])('is refused where it cannot be right: %s of %j', async (pointer, wrong, word) => {
    const response = await london.register({ ...(await paris.invitation()), ...wrong });
    expect(response.status).toBe(400);
    const { errors, detail } = await problem(response);
    expect(new Set(errors!.map((error) => error.pointer))).toEqual(new Set([pointer]));
    expect(detail).toContain(word);
  });

  it('is refused by the other server when the key is another', async () => {
    const reason = await refusal(london, { ...(await paris.invitation()), key: Buffer.alloc(32, 7).toString('base64') });
    expect(reason).toContain(paris.url);
    expect(reason).toContain('Copy ISS ID and key anew');
  });

  it('is refused by the other server when the ISS ID is that of a third', async () => {
    expect(await refusal(london, { ...(await paris.invitation()), iss_id: 'a'.repeat(32) })).toContain('the ISS ID is wrong');
  });

  it("is refused when it is one's own", async () => {
    expect(await refusal(london, await london.invitation())).toContain('this server itself');
    expect(await refusal(london, { ...(await paris.invitation()), url: london.url })).toContain('refused');
  });

  it('works with the newest key only', async () => {
    const old = await paris.invitation();
    expect((await paris.admin.send('POST', 'about/rotate_key')).status).toBe(201);
    expect(await refusal(london, old)).toContain('Copy ISS ID and key anew');
    await london.registerWith(paris); // they stay registered meanwhile
    expect(await london.peers()).toHaveLength(1);
  });

  it('needs a URL of this server first', async () => {
    const fresh = await start('Fresh', { settings: { url: undefined } });
    const reason = await refusal(fresh, await paris.invitation());
    expect(reason).toContain('under Admin');
    await fresh.set({ url: fresh.url });
    await fresh.registerWith(paris); // a moment later
  });

  it('needs a URL of this server that leads to it', async () => {
    const lost = await start('Lost', { settings: { url: 'http://127.0.0.1:9' } });
    const reason = await refusal(lost, await paris.invitation());
    expect(reason).toContain('http://127.0.0.1:9 does not answer as Lost');
    expect(reason).toContain('Nothing answers at 127.0.0.1:9');
    expect(await paris.peers()).not.toContainEqual(expect.objectContaining({ name: 'Lost' }));
  });

  it('must not have the URL of another server as its own', async () => {
    const thief = await start('Thief', { settings: { url: london.url } });
    expect(await refusal(thief, await paris.invitation())).toContain('Another server answers there');
    expect(await paris.peers()).not.toContainEqual(expect.objectContaining({ name: 'Thief' }));
  });

  it('names both clocks when they are too far apart, and lets a minute pass', async () => {
    const late = await start('Late');
    let shiftMs = 0;
    late.server.app.get(Clock).now = () => Date.now() + shiftMs;
    for (shiftMs of [-130_000, 130_000]) {
      const reason = await refusal(late, await paris.invitation());
      expect(reason).toContain('clocks');
      expect(reason.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g)).toHaveLength(2);
      expect(reason).not.toContain('Copy ISS ID');
    }
    for (shiftMs of [-50_000, 50_000]) await late.registerWith(paris);
  });
});

describe('firewalled mode', () => {
  let open: Site;
  let hidden: Site;
  beforeAll(async () => {
    [open, hidden] = await Promise.all([start('Open'), start('Hidden', { settings: { firewalled_mode: 'Enabled', url: undefined } })]);
  });

  it('needs no URL and is not called back', async () => {
    await hidden.registerWith(open);
    expect(await open.peers()).toEqual([expect.objectContaining({ name: 'Hidden', firewalled_mode: true, url: '', status: 'connected' })]);
    expect(await hidden.peers()).toEqual([expect.objectContaining({ name: 'Open', firewalled_mode: false, url: open.url })]);
  });

  it('is refused with another firewalled server, and both say why', async () => {
    const other = await start('Other', { settings: { firewalled_mode: 'Enabled' } });
    expect(await refusal(hidden, await other.invitation())).toContain('Both servers are in firewalled mode');
    expect(await refusal(other, await hidden.invitation())).toContain('Both servers are in firewalled mode');
    expect(await other.peers()).toEqual([]);
  });
});
