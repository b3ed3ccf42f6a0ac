import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { isLeftOut } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { type Ran, runProcessor } from './processors.js';

(isLeftOut('python3') ? describe.skip : describe)('ODSJamfWaiter', () => {
  let jamf: FakeJamf;
  let server: TestServer;
  let account: Record<string, string>;
  const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true };
  const keep = (more: object = {}) => server.ok('PUT', '/api/admin/jamf/settings?confirm=true', { ...settings, ...more });
  const compared = () =>
    eventually(async () => expect(await server.ok('GET', '/api/admin/jamf/settings')).toMatchObject({ compared_ts: expect.any(Number) }));
  const wait = (name: string, seconds = 60): Promise<Ran> =>
    runProcessor('ODSJamfWaiter', { pkg_name: name, ods_jamf_seconds: String(seconds) }, account);
  const failsWith = (ran: Ran, sentence: string): void => expect(ran).toMatchObject({ code: 10, log: expect.stringContaining(sentence) });

  beforeAll(async () => {
    jamf = await FakeJamf.start();
    server = await TestServer.start('waiter', { OUTBOUND_ALLOW_LOCAL: 'true' });
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'autopkg', role: 'publisher' });
    account = { ODS_URL: server.url, ODS_TOKEN: token };
  });
  afterAll(async () => {
    await server?.dispose();
    await jamf?.stop();
  });

  it('fails at once where waiting is of no use', async () => {
    expect((await server.upload('App-1.pkg', 'one')).status).toBe(201);
    failsWith(await wait('App-1.pkg'), 'is not connected with Jamf Pro');
    failsWith(await wait('none.pkg'), 'is not in ODS');
    await server.ok('PUT', '/api/admin/jamf/connection', { url: jamf.url, auth: 'client', client_id: 'ods-client', secret: 's3cret' });
    failsWith(await wait('App-1.pkg'), 'only compares with Jamf Pro');
    expect(jamf.writes).toEqual([]);
  });

  it('waits until the record has the hash of the content, also of a later one', async () => {
    await compared();
    await keep();
    const first = await wait('App-1.pkg');
    expect(first).toMatchObject({ code: 0, env: { jamf_package_id: jamf.records[0]!.id, jamf_package_name: 'App-1.pkg' } });
    expect((await server.upload('App-1.pkg', 'two', { replace: 'true' })).status).toBe(201);
    expect(await wait('App-1.pkg')).toMatchObject({ code: 0, env: { jamf_package_id: jamf.records[0]!.id } });
    expect(jamf.records[0]!['hashValue']).toBe(createHash('sha512').update('two').digest('hex'));
    expect(jamf.writes.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  it('says what has to be decided, and which package no rule fits', async () => {
    const record = jamf.records[0]!;
    jamf.packages.table.write(record.id, { ...record, hashValue: 'a'.repeat(128) }, null);
    expect((await server.upload('App-1.pkg', 'three', { replace: 'true' })).status).toBe(201);
    failsWith(await wait('App-1.pkg'), 'needs a decision in the console of ODS');
    expect((await server.upload('notes.txt', 'no rule')).status).toBe(201);
    failsWith(await wait('notes.txt'), 'no rule for Jamf Pro fits it');
  });

  it('gives up after its time, and says how far it got', async () => {
    await keep({ create_missing: false });
    expect((await server.upload('Late-1.pkg', 'late')).status).toBe(201);
    await eventually(async () =>
      expect(await server.ok('GET', '/api/admin/jamf/records?filename=late-1.PKG')).toMatchObject({ items: [{ state: 'to_create' }] }),
    );
    failsWith(await wait('Late-1.pkg', 1), 'to_create. There is no record, and the settings say that none is made.');
  });
});
