import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JamfClient } from '#libs/jamf/client/jamf-client.js';
import type { JamfFault } from '#libs/jamf/client/jamf-fault.js';
import { HttpJamfTransport } from '#libs/jamf/client/jamf-transport.js';
import { type PackageRecord, writableFields } from '#libs/jamf/client/package-record.js';
import { PackageRecords } from '#libs/jamf/client/package-records.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { OutboundProxy } from '#libs/platform/http/outbound-proxy.js';
import { OutboundRules } from '#libs/platform/http/outbound-rules.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';

const least = {
  ...{ categoryId: '-1', priority: 10, fillUserTemplate: false, rebootRequired: false, osInstall: false, suppressUpdates: false },
  ...{ suppressFromDock: false, suppressEula: false, suppressRegistration: false },
};
const fieldsOf = (name: string, more: object = {}) => ({ packageName: name, fileName: name, ...least, ...more });

describe('the client of Jamf Pro', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'ods-jamf-client-'));
  let jamf: FakeJamf;
  const waits: number[] = [];

  beforeAll(async () => {
    jamf = await FakeJamf.start();
  });
  afterEach(() => {
    jamf.reset();
    waits.length = 0;
  });
  afterAll(async () => {
    await jamf.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const transportWith = (allowLocal: boolean): HttpJamfTransport => {
    const config = loadConfig({ DATA_DIR: dataDir, OUTBOUND_ALLOW_LOCAL: String(allowLocal) });
    return new HttpJamfTransport(new OutboundRules(config), new OutboundProxy(config));
  };
  /** Waits are noted; those for a node that lags are kept. */
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms);
    await sleep(jamf.knobs.lagMs > 0 ? ms : 0);
  };
  /** Its clock stands still, so that no answer is slow and every wait is one before a repeat. */
  const client = (more: Partial<JamfClient['credentials']> = {}): JamfClient => {
    const credentials = { url: jamf.url, auth: 'client' as const, clientId: 'ods-client', secret: 's3cret', ...more };
    return new JamfClient(credentials, { transport: transportWith(true), now: Date.now, sleep: wait, elapsedMs: () => 0 });
  };
  const records = (more: Partial<JamfClient['credentials']> = {}): PackageRecords => new PackageRecords(client(more));
  const failure = async (work: Promise<unknown>): Promise<JamfFault> => {
    const [result] = await Promise.allSettled([work]);
    expect(result.status).toBe('rejected');
    return (result as PromiseRejectedResult).reason as JamfFault;
  };
  const tokenCalls = () => jamf.book.filter(({ path: asked }) => asked.endsWith('/token'));

  it('signs in once for many calls, and anew when a token has ended', async () => {
    const own = records();
    await Promise.all([own.list(), own.list(), own.list()]);
    expect(tokenCalls()).toHaveLength(1);
    jamf.knobs.expireNow = true;
    await own.create(fieldsOf('A.pkg'));
    expect([tokenCalls().length, jamf.records.length]).toEqual([2, 1]);
  });

  it('signs in before each call where tokens end at once', async () => {
    jamf.knobs.tokenSeconds = 1;
    const own = records();
    for (let call = 0; call < 3; call += 1) await own.list();
    expect(tokenCalls()).toHaveLength(3);
    expect(jamf.book.some(({ status }) => status === 401)).toBe(false);
  });

  it('signs in at servers before 11.23, and as a user', async () => {
    jamf.knobs.v1oauth = false;
    const old = records();
    await old.list();
    jamf.knobs.expireNow = true;
    await old.list();
    expect(tokenCalls().map(({ path: asked, status }) => [asked, status])).toEqual([
      ['/api/v1/oauth/token', 404],
      ['/api/oauth/token', 200],
      ['/api/oauth/token', 200],
    ]);
    expect(await records({ auth: 'user', clientId: 'admin', secret: 'jamf1234' }).list()).toEqual([]);
  });

  it.each([400, 401] as const)('says of a secret that is answered %i that it is wrong, and never shows it', async (status) => {
    jamf.knobs.wrongSecretStatus = status;
    const fault = await failure(records({ secret: 'wr0ng-one' }).list());
    expect([fault.kind, fault.message]).toEqual(['sign_in_refused', expect.stringContaining('client secret')]);
    expect(fault.message).not.toContain('wr0ng-one');
  });

  it('names the privilege that is missing, and does not ask again', async () => {
    jamf.tokens.clients.set('reader', { secret: 'x', privileges: ['Read Packages'] });
    const fault = await failure(records({ clientId: 'reader', secret: 'x' }).create(fieldsOf('A.pkg')));
    expect([fault.kind, fault.privilege]).toEqual(['forbidden', 'Create Packages']);
    expect(jamf.writes).toHaveLength(1);
  });

  it('lists all records although pages are cut, and concludes nothing from a list that ends early', async () => {
    for (let index = 0; index < 7; index += 1) jamf.packages.add(fieldsOf(`P${index}.pkg`));
    jamf.knobs.pageClamp = 3;
    expect(await records().list()).toHaveLength(7);
    jamf.knobs.pageClamp = 0;
    expect((await failure(records().list())).kind).toBe('unreadable');
  });

  it('repeats what is safe to repeat while Jamf Pro is away, with growing waits, and then gives up', async () => {
    const own = records();
    const { id } = jamf.packages.add(fieldsOf('A.pkg'));
    const record = await own.get(id);
    jamf.knobs.down = 5;
    await own.replace(id, writableFields(record));
    expect(waits).toHaveLength(5);
    jamf.knobs.maintenance = true;
    expect(await failure(own.get(id))).toMatchObject({ kind: 'unavailable', status: 503 });
    expect(jamf.book.filter(({ status }) => status === 503)).toHaveLength(6);
  });

  it('does not repeat a POST that was answered 502', async () => {
    const own = records();
    await own.list();
    jamf.knobs.down = 1;
    const fault = await failure(own.create(fieldsOf('A.pkg')));
    expect([fault.kind, jamf.records]).toEqual(['unavailable', []]);
    expect(jamf.book.filter(({ method, path: asked }) => method === 'POST' && asked === '/api/v1/packages')).toHaveLength(1);
  });

  it('finds the record that it made when the answer was lost', async () => {
    jamf.knobs.dropAfterWrite = true;
    const name = 'C, "d" 100%+*.pkg';
    expect((await records().create(fieldsOf(name))).fileName).toBe(name);
    expect(jamf.records).toHaveLength(1);
  });

  it('takes the record that has the name already for the one to make', async () => {
    const { id } = jamf.packages.add(fieldsOf('Büro.pkg'));
    expect((await records().create(fieldsOf('BÜRO.pkg'))).id).toBe(id);
  });

  it('stays on one node, which knows what was just written', async () => {
    jamf.knobs.lagMs = 60_000;
    const own = records();
    for (let index = 0; index < 5; index += 1) await own.create(fieldsOf(`P${index}.pkg`));
    expect(await own.list()).toHaveLength(5);
    expect(new Set(jamf.book.map(({ node }) => node)).size).toBe(1);
    expect(jamf.book.slice(1).every(({ isSticky }) => isSticky)).toBe(true);
  });

  it('never has more than two requests under way', async () => {
    jamf.knobs.slowMs = 20;
    const own = records();
    await Promise.all(Array.from({ length: 12 }, () => own.list()));
    expect(Math.max(...jamf.book.map(({ atOnce }) => atOnce))).toBe(2);
  });

  it('says that a firewall in front refused, and does not ask again', async () => {
    jamf.knobs.edgeRefuses = true;
    expect((await failure(records().create(fieldsOf('A.pkg')))).kind).toBe('edge_refused');
    expect(jamf.writes).toHaveLength(1);
  });

  it('sends nothing to this machine unless that is allowed', async () => {
    const options = { transport: transportWith(false), now: Date.now, sleep: wait, elapsedMs: () => 0 };
    const own = new PackageRecords(new JamfClient({ url: jamf.url, auth: 'client', clientId: 'ods-client', secret: 's3cret' }, options));
    const fault = await failure(own.create(fieldsOf('A.pkg')));
    expect([fault.kind, fault.message]).toEqual(['unreachable', expect.stringContaining('OUTBOUND_ALLOW_LOCAL')]);
    expect(jamf.book).toEqual([]);
  });

  it('sends back what it does not know, and leaves out what Jamf Pro keeps', () => {
    const record = {
      ...fieldsOf('A.pkg'),
      id: '7',
      size: '1KB',
      indexed: false,
      cloudTransferStatus: 'N/A',
      later: { a: 1 },
    } as PackageRecord;
    expect(writableFields(record)).toEqual({ ...fieldsOf('A.pkg'), later: { a: 1 } });
  });
});
