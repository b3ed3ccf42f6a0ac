import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { HostileProxy } from '../support/hostile-proxy.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
/** More than a process has places for quick jobs, and more than all the connections of a transfer. */
const DARK = 12;
const TIMEOUT_MS = 30_000;

describe('servers that went dark', () => {
  let cluster: TestCluster;
  let giver: TestServer;
  let taker: TestServer;
  let late: TestServer;
  const dark: ForeignPeer[] = [];

  beforeAll(async () => {
    cluster = await TestCluster.start(['giver', 'taker', 'late'], { PEER_TIMEOUT_MS: TIMEOUT_MS, JOB_POLL_MS: '200' });
    [giver, taker, late] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    for (let index = 0; index < DARK; index += 1) {
      const peer = await ForeignPeer.start(`dark-${index}`);
      dark.push(peer);
      for (const server of [giver, taker]) await peer.registerWith(server);
    }
    await cluster.register(taker, giver);
  });
  afterAll(async () => {
    for (const peer of dark) peer.stop();
    await cluster?.dispose();
  });

  let count = 0;
  /** How long a package takes from the giver to the taker, in milliseconds. */
  const timeOf = async (size: number): Promise<number> => {
    const [name, content] = [`package-${++count}.pkg`, someBytes(size)];
    const begun = performance.now();
    await giver.upload(name, content);
    await hasState(taker, name, 'Public', 90_000);
    const took = performance.now() - begun;
    expect(sha256(await taker.downloaded(name))).toBe(sha256(content));
    return took;
  };

  it('let nothing wait as long as one call without an answer: neither the first package after it, nor small and large ones that come later', async () => {
    for (const size of [100_000, 3 * MB]) await timeOf(size);
    for (const peer of dark) peer.isSilent = true; // it takes calls, and never answers
    // Less than one call that waits for an answer that does not come, however busy the machine is.
    const most = TIMEOUT_MS - 1_000;
    const first = [await timeOf(100_000), await timeOf(3 * MB)];
    for (const ms of first) expect(ms).toBeLessThan(most);
    await eventually(
      async () => {
        const { items } = await taker.ok<{ items: { name: string; status: string }[] }>('GET', '/api/admin/registered_ods');
        expect(items.filter(({ name, status }) => name.startsWith('dark') && status === 'unreachable')).toHaveLength(DARK);
      },
      { timeoutMs: 90_000 },
    );
    for (const size of [100_000, 3 * MB, 100_000]) expect(await timeOf(size)).toBeLessThan(most);
  });

  it('do not keep a server from others that are registered, or come, while they are away', async () => {
    const begun = performance.now();
    await cluster.register(late, taker);
    await late.upload('late.pkg', someBytes(1_000));
    await hasState(giver, 'late.pkg', 'Public', 60_000);
    expect(performance.now() - begun).toBeLessThan(TIMEOUT_MS);
  });

  it('are asked again when they are back, and get what they missed', async () => {
    const received: string[] = [];
    const [back] = dark;
    back!.routes.set('notifications', (request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        const { items } = JSON.parse(body) as { items: { entry?: { filename: string } }[] };
        received.push(...items.map(({ entry }) => entry?.filename ?? ''));
        response.writeHead(202, { 'ods-protocol': '1', 'content-type': 'application/json' }).end(JSON.stringify({ epoch: back!.epoch }));
      });
    });
    back!.isSilent = false;
    await back!.pushEntries(giver, []); // one call of it is enough: it is there
    await eventually(() => expect(received).toContain('late.pkg'), { timeoutMs: 60_000 });
  });
});

describe('a slow server that comes first', () => {
  const PACKAGES = 30;
  let cluster: TestCluster;
  let slow: TestServer;
  let fast: TestServer;
  let taker: TestServer;
  let line: HostileProxy;

  beforeAll(async () => {
    cluster = await TestCluster.start(['slow', 'fast', 'taker'], { JOB_POLL_MS: '200' });
    [slow, fast, taker] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    await cluster.register(slow, fast);
    for (let index = 0; index < PACKAGES; index += 1) await fast.upload(`both-${index}.pkg`, someBytes(60_000));
    for (let index = 0; index < PACKAGES; index += 1) await hasState(slow, `both-${index}.pkg`, 'Public');
    line = await HostileProxy.to(slow.port);
    await slow.ok('POST', '/api/admin/about/update', { url: line.url });
  });
  afterAll(async () => {
    line?.close();
    await cluster?.dispose();
  });

  it('does not hold up small packages that a fast one has, nor do large ones of which it is the only source', async () => {
    await fast.ok('PATCH', '/api/admin/replication', { paused: true }); // it sends, and never has what only the slow one has
    await fast.stop();
    for (let index = 0; index < 4; index += 1) await slow.upload(`only-${index}.pkg`, someBytes(6 * MB));
    line.become({ kind: 'throttle', rate: 50_000 });
    await cluster.register(taker, slow);
    // It has begun with what the slow one has.
    await eventually(
      async () => {
        const { items } = await taker.ok<{ items: { received_bytes: number }[] }>('GET', '/api/admin/transfers');
        expect(items.filter(({ received_bytes: bytes }) => bytes > 0).length).toBeGreaterThan(0);
      },
      { timeoutMs: 60_000 },
    );
    await fast.start();
    await cluster.register(taker, fast);
    for (let index = 0; index < PACKAGES; index += 1) await hasState(taker, `both-${index}.pkg`, 'Public', 90_000);
    // The large ones alone keep the slow line busy for eight minutes: behind them the small ones would come last.
    const large = (await packagesOf(taker)).filter(({ filename }) => filename.startsWith('only-'));
    expect(large.filter(({ status }) => status === 'Public').length).toBeLessThan(4);
  });
});
