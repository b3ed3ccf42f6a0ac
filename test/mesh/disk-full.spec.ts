import { eventually } from '../support/eventually.js';
import { SmallDisk } from '../support/small-disk.js';
import { TestServer } from '../support/test-server.js';
import { hasState, sha256, someBytes } from './packages.js';

/** The wait under test takes half a minute. */
const MB = 1_048_576;
const ROOM = 200 * MB;
const disk = await SmallDisk.mount(ROOM);
const suite = disk === null ? describe.skip : describe;

interface Transferred {
  readonly filename: string;
  readonly state: string;
  readonly error_code: string | null;
  readonly verified_bytes: number;
}

suite('a server whose disk fills while a package arrives', () => {
  let giver: TestServer;
  let receiver: TestServer;

  beforeAll(async () => {
    giver = await TestServer.start('giver');
    receiver = await TestServer.start('receiver', { DATA_DIR: disk!.directory, DISK_RESERVE_BYTES: 16 * MB });
    for (const server of [giver, receiver]) await server.ok('POST', '/api/admin/about/update', { name: server.name, url: server.url });
    const { url, iss, key } = await receiver.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
    await giver.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });
  afterAll(async () => {
    await Promise.all([giver?.dispose(), receiver?.kill9()]);
    await disk!.unmount();
  });

  const transferOf = async (filename: string): Promise<Transferred> => {
    const { items } = await receiver.ok<{ items: Transferred[] }>('GET', '/api/admin/transfers');
    const found = items.find((each) => each.filename === filename);
    if (!found) throw new Error(`No transfer of ${filename} yet.`);
    return found;
  };

  it('keeps what has come, says why it waits at both ends, and resumes automatically from there', async () => {
    await receiver.ok('PATCH', '/api/admin/replication', { download_limit: 4 * MB });
    const content = someBytes(60 * MB);
    await giver.upload('long.pkg', content);
    await eventually(async () => expect((await transferOf('long.pkg')).verified_bytes).toBeGreaterThan(2 * MB), { timeoutMs: 90_000 });
    await disk!.leave(10 * MB); // less than the reserve
    const stopped = await eventually(
      async () => {
        const transfer = await transferOf('long.pkg');
        expect(transfer).toMatchObject({ state: 'waiting', error_code: 'disk-full' });
        return transfer;
      },
      { timeoutMs: 90_000 },
    );
    expect(stopped.verified_bytes).toBeGreaterThan(2 * MB);
    expect(stopped.verified_bytes).toBeLessThan(60 * MB);
    await hasState(receiver, 'long.pkg', 'Waiting');
    await eventually(
      async () =>
        expect(await giver.ok('GET', '/api/admin/packages/long.pkg/servers')).toMatchObject({
          everywhere: false,
          sentence: expect.stringMatching(/receiver has not got it: There is not enough free disk space/),
        }),
      { timeoutMs: 90_000 },
    );

    await disk!.resize(ROOM);
    await receiver.ok('PATCH', '/api/admin/replication', { download_limit: null });
    await hasState(receiver, 'long.pkg', 'Public', 120_000);
    expect(sha256(await receiver.downloaded('long.pkg'))).toBe(sha256(content));
  });
});
