import { auditOf } from '../support/audit.js';
import { eventually } from '../support/eventually.js';
import type { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { JamfAdmin } from './jamf-admin.js';

interface Point {
  readonly iss: string;
  readonly server: string;
  readonly state: string;
  readonly reason: string;
  readonly jamf_id: string | null;
  readonly name: string | null;
}
interface Points {
  readonly items: Point[];
  readonly foreign: { readonly name: string; readonly principal: boolean }[];
  readonly compared_ts: number | null;
  readonly fault: string | null;
  readonly is_written: boolean;
}
interface Networks {
  readonly items: { readonly name: string; readonly server: string | null }[];
  readonly problems: { readonly kind: string }[];
  readonly which: { readonly server: string | null; readonly sentence: string } | null;
  readonly read_ts: number | null;
  readonly fault: string | null;
}

const manage = { manage_distribution_points: true };

describe('distribution points in Jamf Pro', () => {
  let site: JamfAdmin;
  let jamf: FakeJamf;

  beforeEach(async () => {
    site = await JamfAdmin.start();
    ({ jamf } = site);
  });
  afterEach(() => site.stop());

  const points = async (): Promise<Points> => (await site.call<Points>('GET', 'distribution_points')).body;
  const own = async (): Promise<Point> => (await points()).items[0]!;
  const networks = async (ip?: string): Promise<Networks> =>
    (await site.call<Networks>('GET', `networks${ip === undefined ? '' : `?ip=${ip}`}`)).body;
  const is = (state: string) => eventually(async () => expect(await own()).toMatchObject({ state }));
  const move = async (url: string): Promise<void> => {
    const response = await site.caller.send('POST', 'about/update', { url, name: 'Berlin' });
    expect(response.status).toBeLessThan(300);
  };
  const compare = async (): Promise<void> => expect((await site.call('POST', 'compare')).status).toBe(202);
  const connected = async (): Promise<void> => {
    await move('https://berlin.example.com');
    expect((await site.connect()).status).toBe(200);
    await eventually(async () => {
      expect((await points()).compared_ts).not.toBeNull();
      expect((await site.overview()).compared_ts).not.toBeNull();
      expect((await networks()).read_ts ?? (await networks()).fault).not.toBeNull();
    });
  };

  it('are only looked at until an administrator confirms, and then made once', async () => {
    jamf.points.add({ name: 'Cloud', serverName: 'cloud.example.com', httpsEnabled: true, principal: true });
    await connected();
    expect(await own()).toMatchObject({ server: 'Berlin', state: 'to_create', address: 'https://berlin.example.com/share' });
    expect((await site.keep()).status).toBe(200); // package records alone
    await compare();
    await site.compared();
    expect(jamf.pointWrites).toEqual([]);
    const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true, ...manage };
    expect(await site.call('PUT', 'settings', settings)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('1 distribution points would be made') },
    });
    expect((await site.keep(manage)).status).toBe(200);
    await is('in_step');
    expect(await points()).toMatchObject({ is_written: true, foreign: [{ name: 'Cloud', principal: true }] });
    expect(jamf.points.table.settled).toEqual([
      expect.objectContaining({ name: 'Cloud', principal: true }),
      expect.objectContaining({
        ...{ name: 'ODS Berlin', serverName: 'berlin.example.com', httpsEnabled: true, httpsPort: 443, httpsContext: 'share' },
        ...{ fileSharingConnectionType: 'NONE', httpsSecurityType: 'NONE', principal: false },
      }),
    ]);
    await compare();
    await site.compared();
    expect(jamf.pointWrites).toHaveLength(1);
    const audit = await auditOf(site.app);
    expect(audit.filter(({ action }) => action === 'jamf.distribution_point_written')).toHaveLength(1);
  });

  it('are taken over as they are, and follow the server with everything else untouched', async () => {
    const mine = { httpsSecurityType: 'USERNAME_PASSWORD', httpsUsername: 'mac', httpsPassword: 'x', enableLoadBalancing: true };
    jamf.points.add({ name: 'Headquarters', serverName: 'berlin.example.com', httpsEnabled: true, httpsContext: '/share/', ...mine });
    await connected();
    expect(await own()).toMatchObject({ state: 'in_step', name: 'Headquarters' });
    await site.keep(manage);
    await move('https://files.example.com:8443');
    await compare();
    await is('in_step');
    await eventually(() => expect(jamf.pointWrites).toHaveLength(1));
    expect(jamf.points.table.settled[0]).toMatchObject({ name: 'Headquarters', serverName: 'files.example.com', httpsPort: 8443, ...mine });
    expect(JSON.parse(jamf.pointWrites[0]!.body)).toEqual({ serverName: 'files.example.com', httpsPort: 8443 });
  });

  it('that were edited or deleted there are left alone until an administrator decides', async () => {
    await connected();
    await site.keep(manage);
    await is('in_step');
    const { iss, jamf_id: id } = await own();
    expect(await site.call('POST', `distribution_points/${iss}/overwrite`)).toMatchObject({ status: 409 });
    jamf.points.edit(id!, { serverName: 'proxy.example.com' });
    await compare();
    await is('edited');
    expect(jamf.points.table.settled[0]).toMatchObject({ serverName: 'proxy.example.com' });
    expect((await site.call('POST', `distribution_points/${iss}/overwrite`)).status).toBe(200);
    await is('in_step');
    expect(jamf.points.table.settled[0]).toMatchObject({ serverName: 'berlin.example.com' });
    jamf.points.table.write(id!, null, null);
    await compare();
    await is('missing_in_jamf');
    expect(jamf.points.table.settled).toEqual([]);
    expect((await site.call('POST', `distribution_points/${iss}/overwrite`)).status).toBe(200);
    await is('in_step');
    expect(jamf.points.table.settled).toHaveLength(1);
  });

  it('are made once although the answer was lost', async () => {
    await connected();
    jamf.knobs.dropAfterWrite = true;
    await site.keep(manage);
    await eventually(() => expect(jamf.points.table.settled).toHaveLength(1));
    await eventually(async () => {
      await compare();
      expect(await own()).toMatchObject({ state: 'in_step' });
    });
    expect(jamf.points.table.settled).toHaveLength(1);
  });

  it('are left alone where an administrator says so, and get the name and context that they ask for', async () => {
    await connected();
    await site.keep();
    const { iss } = await own();
    const set = (body: object) => site.call('PUT', `distribution_points/${iss}`, body);
    expect(await set({ managed: true, context: '../x y' })).toMatchObject({ status: 400 });
    expect(await site.call('PUT', `distribution_points/${'0'.repeat(32)}`, { managed: true })).toMatchObject({ status: 404 });
    expect(await set({ managed: false })).toMatchObject({ status: 200 });
    await is('left_alone');
    await site.keep(manage);
    await compare();
    await site.compared();
    expect(jamf.pointWrites).toEqual([]);
    expect(await set({ managed: true, name: 'Berlin files', context: '/JamfShare/' })).toMatchObject({ status: 200 });
    await is('in_step');
    expect(jamf.points.table.settled).toMatchObject([{ name: 'Berlin files', httpsContext: 'JamfShare' }]);
  });

  it('are kept by hand with an older Jamf Pro, without a privilege, and by a server without HTTPS', async () => {
    jamf.knobs.version = '11.15.1';
    jamf.tokens.clients.set('ods-client', { secret: 's3cret', privileges: ['Read Packages', 'Read Categories'] });
    await move('http://berlin.example.com');
    await site.connect();
    await eventually(async () => expect((await points()).fault).toContain('from 11.16 on'));
    await eventually(async () => expect((await networks()).fault).toContain('lacks the privilege "Read Network Segments"'));
    expect(
      await site.call('PUT', 'settings', { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true, ...manage }),
    ).toMatchObject({
      status: 409,
    });
    jamf.knobs.version = '11.30.0';
    await eventually(async () => {
      await compare();
      expect((await points()).fault).toContain('lacks the privilege "Read Distribution Points"');
    });
    jamf.tokens.clients.set('ods-client', { secret: 's3cret', privileges: null });
    await eventually(async () => {
      await compare();
      expect(await points()).toMatchObject({ fault: null, items: [{ state: 'needs_https' }] });
    });
    expect((await site.overview()).failing_since_ts).toBeNull();
  });

  it('say which server a computer uses, as the network segments were last read', async () => {
    jamf.points.add({ name: 'Cloud', serverName: 'cloud.example.com', httpsEnabled: true, principal: true });
    jamf.points.add({ name: 'ODS Berlin', serverName: 'berlin.example.com', httpsEnabled: true, httpsContext: 'share' });
    jamf.networks.add('Berlin', ['10.1.0.0', '10.1.255.255'], 'ODS Berlin');
    jamf.networks.add('Guests', ['10.2.0.0', '10.2.255.255']);
    expect(await site.call('GET', 'networks')).toMatchObject({ status: 404 });
    await connected();
    expect(await networks('10.1.2.3')).toMatchObject({
      items: [
        { name: 'Berlin', server: 'Berlin' },
        { name: 'Guests', server: null },
      ],
      problems: [{ kind: 'no_point' }],
      which: { server: 'Berlin', sentence: '"Berlin" contains 10.1.2.3 and uses "ODS Berlin", which is the server "Berlin".' },
    });
    expect((await networks('192.0.2.1')).which).toMatchObject({ server: null, sentence: expect.stringContaining('"Cloud"') });
    expect(await site.call('GET', 'networks?ip=berlin')).toMatchObject({ status: 400 });
    expect((await site.call('DELETE', 'connection')).status).toBe(204);
    expect(await site.call('GET', 'distribution_points')).toMatchObject({ status: 404 });
    await site.connect();
    await eventually(async () => expect((await points()).compared_ts).not.toBeNull());
  });
});
