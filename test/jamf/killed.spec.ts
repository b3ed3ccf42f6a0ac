import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { ods } from '../support/ods-command.js';
import { TestServer } from '../support/test-server.js';

const PACKAGES = 40;

describe('package records, when the server is killed', () => {
  let jamf: FakeJamf;
  let server: TestServer;
  let account: Record<string, string>;
  const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true };
  const count = async (state: string): Promise<number> => {
    const { counts } = await server.ok<{ counts: { state: string; count: number }[] }>('GET', '/api/admin/jamf/settings');
    return counts.find((each) => each.state === state)!.count;
  };

  beforeAll(async () => {
    jamf = await FakeJamf.start();
    server = await TestServer.start('jamf-killed', { OUTBOUND_ALLOW_LOCAL: 'true' });
    jamf.networks.add('Berlin', ['10.1.0.0', '10.1.255.255'], 'Cloud');
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'script', role: 'admin' });
    account = { ODS_URL: server.url, ODS_TOKEN: token };
  });
  afterAll(async () => {
    await server?.dispose();
    await jamf?.stop();
  });

  it('`ods jamf` says what there is, what would be written, and what is wrong with the words', async () => {
    expect(await ods(['jamf', 'status'], account)).toMatchObject({
      code: 1,
      error: expect.stringContaining('not connected with Jamf Pro'),
    });
    expect(await ods(['jamf', 'stat'], account)).toMatchObject({
      code: 2,
      error: expect.stringContaining('status, plan, compare, points, networks or check'),
    });
    for (let at = 0; at < PACKAGES; at += 1) expect((await server.upload(`killed-${at}.pkg`, `content ${at}`)).status).toBe(201);
    const signIn = { url: jamf.url, auth: 'client', client_id: 'ods-client', secret: 's3cret' };
    await server.ok('PUT', '/api/admin/jamf/connection', signIn);
    await eventually(async () => expect(await count('to_create')).toBe(PACKAGES));
    const plan = await ods(['jamf', 'plan'], account);
    expect([plan.code, plan.out.match(/killed-\d+\.pkg +made/g)?.length]).toEqual([0, PACKAGES]);
    expect(await ods(['jamf', 'status'], account)).toMatchObject({ code: 0, out: expect.stringContaining('records are only compared') });
  });

  it('`ods jamf points` and `networks` say what there is, and answer with their exit status', async () => {
    const points = await ods(['jamf', 'points'], account);
    expect(points).toMatchObject({ code: 1, out: expect.stringMatching(/SERVER +STATE[^]*no_url/) }); // the server has no address
    expect(JSON.parse((await ods(['jamf', 'points', '--json'], account)).out)).toMatchObject({ items: [{ state: 'no_url' }] });
    expect(await ods(['jamf', 'networks'], account)).toMatchObject({ code: 0, out: expect.stringMatching(/Berlin +10\.1\.0\.0/) });
    expect(await ods(['jamf', 'networks', '10.1.2.3'], account)).toMatchObject({ code: 1, out: expect.stringContaining('"Cloud"') });
    expect(await ods(['jamf', 'networks', 'here'], account)).toMatchObject({ code: 1, error: expect.stringContaining('IPv4') });
  });

  it('in the middle of writing, end in step after its next start, each once', async () => {
    jamf.knobs.slowMs = 20;
    await server.ok('PUT', '/api/admin/jamf/settings?confirm=true', settings);
    await eventually(() => expect(jamf.records.length).toBeGreaterThan(PACKAGES / 4), { everyMs: 5 });
    await server.kill9();
    expect(jamf.records.length).toBeLessThan(PACKAGES);
    await server.start();
    await eventually(async () => expect(await count('in_step')).toBe(PACKAGES), { timeoutMs: 120_000 });
    expect(new Set(jamf.records.map(({ fileName }) => fileName)).size).toBe(PACKAGES);
    expect(jamf.records).toHaveLength(PACKAGES);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(
      /ods_jamf_records\{state="in_step"\} 40\n[^]*ods_jamf_compared_seconds \d/,
    );
    expect(await ods(['jamf', 'compare'], account)).toMatchObject({ code: 0 });
    expect((await ods(['jamf', 'status', '--json'], account)).code).toBe(0);
    expect(JSON.parse((await ods(['jamf', 'plan', '--json'], account)).out)).toEqual([]);
  });
});
