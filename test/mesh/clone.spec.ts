import { cpSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, someBytes } from './packages.js';

interface PeerRow {
  readonly id: number;
  readonly name: string;
  readonly url: string;
}
interface Network {
  readonly notices: { readonly kind: string; readonly severity: string; readonly sentence: string }[];
}

const peerOf = async (server: TestServer): Promise<PeerRow> =>
  (await server.ok<{ items: PeerRow[] }>('GET', '/api/admin/registered_ods')).items[0]!;

describe('a server that was cloned while both copies run', () => {
  let cluster: TestCluster;
  let original: TestServer;
  let other: TestServer;
  let clone: TestServer | undefined;

  beforeAll(async () => {
    cluster = await TestCluster.line(['original', 'other']);
    [original, other] = [cluster.at(0), cluster.at(1)];
    await original.upload('base.pkg', someBytes(1_000));
    await hasState(other, 'base.pkg', 'Public');
  });
  afterAll(() => Promise.all([cluster?.dispose(), clone?.dispose()]));

  it('is named with both addresses, and what the clone writes and says of its URL is held until an administrator decides', async () => {
    await original.stop();
    const copy = path.join(scratchDir('clone'), 'data');
    cpSync(original.dataDir, copy, { recursive: true });
    await original.start();
    await hasState(other, 'base.pkg', 'Public');
    clone = await TestServer.start('clone', { DATA_DIR: copy });

    await clone.upload('clone.pkg', someBytes(1_000));
    await clone.ok('POST', '/api/admin/about/update', { name: 'clone', url: clone.url });
    await original.upload('original.pkg', someBytes(1_000));
    await hasState(other, 'original.pkg', 'Public');
    const notice = await eventually(async () => {
      const found = (await other.ok<Network>('GET', '/api/admin/network')).notices.find(({ kind }) => kind === 'identity');
      if (!found) throw new Error('no notice yet');
      return found;
    });
    expect(notice).toMatchObject({ severity: 'problem' });
    expect(notice.sentence).toContain(`one at ${original.url}, and one that calls from 127.0.0.1`);
    await other.logged(/Two running servers use the identity of original/);
    // The clone logs why.
    await clone.logged(/Two running servers use the identity of original/);
    expect((await packagesOf(other)).map(({ filename }) => filename).sort()).toEqual(['base.pkg', 'original.pkg']);
    expect(await peerOf(other)).toMatchObject({ name: 'original', url: original.url });

    const { id } = await peerOf(other);
    expect((await other.api('POST', `/api/admin/registered_ods/${id}/identity`, { keep: 'neither' })).status).toBe(400);
    await clone.kill9();
    expect((await other.api('POST', `/api/admin/registered_ods/${id}/identity`, { keep: 'registered' })).status).toBe(204);
    expect((await other.api('POST', `/api/admin/registered_ods/${id}/identity`, { keep: 'registered' })).status).toBe(409);
    expect((await other.ok<Network>('GET', '/api/admin/network')).notices.filter(({ kind }) => kind === 'identity')).toEqual([]);
    await original.upload('after.pkg', someBytes(1_000));
    await hasState(other, 'after.pkg', 'Public');
  });

  it('is no conflict when a server is only started again, cleanly or after it was killed', async () => {
    await original.restart();
    await original.kill9();
    await original.start();
    await original.upload('restarted.pkg', someBytes(1_000));
    await hasState(other, 'restarted.pkg', 'Public');
    expect((await other.ok<Network>('GET', '/api/admin/network')).notices.filter(({ kind }) => kind === 'identity')).toEqual([]);
  });
});
