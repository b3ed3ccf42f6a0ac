import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { JamfAdmin } from './jamf-admin.js';

forEachDatabase((database) => {
  let site: JamfAdmin;
  beforeAll(async () => {
    site = await JamfAdmin.start({ DATABASE_URL: database.url });
  });
  afterAll(() => site?.stop());

  it('package records are compared and written, whatever a Jamf Pro server says', async () => {
    const { jamf } = site;
    const strange = `\u0000\ud800${'🎉'.repeat(400)}\u202e`;
    jamf.packages.add({
      packageName: strange,
      fileName: 'strange.pkg',
      hashType: 'Ü'.repeat(500),
      hashValue: strange,
      info: 'x'.repeat(200_000),
    });
    jamf.packages.add({ packageName: 'long', fileName: 'long.pkg', info: '語'.repeat(100_000), notes: 'kept' });
    jamf.points.add({ name: strange, serverName: strange, httpsEnabled: true, httpsPort: 1.5, httpsContext: strange });
    jamf.networks.add(strange, [strange, '::1'], strange);
    jamf.networks.add('Ünïcode 🎉', ['10.0.0.0', '10.0.0.9'], strange);
    for (const name of ['strange.pkg', 'long.pkg', '100%_sure.pkg', 'Ünïcode 🎉.pkg']) await site.upload(name, name);
    await site.connect();
    const seen = { 'strange.pkg': 'edited_hash', 'long.pkg': 'to_update', '100%_sure.pkg': 'to_create', 'Ünïcode 🎉.pkg': 'to_create' };
    await site.settlesAt(seen);
    await eventually(async () => expect((await site.overview()).compared_ts).not.toBeNull());
    expect((await site.keep()).status).toBe(200);
    const written = { ...seen, 'long.pkg': 'in_step', '100%_sure.pkg': 'in_step', 'Ünïcode 🎉.pkg': 'in_step' };
    await site.settlesAt(written);
    await site.compared();
    await site.settlesAt(written);
    expect(jamf.records.find(({ fileName }) => fileName === 'long.pkg')).toMatchObject({ info: '語'.repeat(100_000), notes: 'kept' });
    const found = await site.call<{ total: number }>('GET', 'records?q=%25_&state=in_step');
    expect(found.body.total).toBe(1);
    expect((await site.call('POST', `records/${await site.idOf('strange.pkg')}/resolve`, { use: 'ods' })).status).toBe(200);
    await site.settlesAt({ ...written, 'strange.pkg': 'in_step' });
    const points = await site.call<{ foreign: unknown[]; fault: unknown }>('GET', 'distribution_points');
    expect(points.body).toMatchObject({ fault: null, foreign: [{ id: '1' }] });
    const networks = await site.call<{ problems: { kind: string }[] }>('GET', 'networks?ip=10.0.0.1');
    expect(networks.body).toMatchObject({ fault: null, which: { networks: ['2'] } });
    expect(networks.body.problems.map(({ kind }) => kind).sort()).toEqual(['foreign_point', 'unreadable']);
    expect((await site.call('DELETE', 'connection')).status).toBe(204);
    expect(await site.lines()).toEqual([]);
  });
});
