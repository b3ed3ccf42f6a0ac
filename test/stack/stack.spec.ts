import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut } from '../support/services.js';
import { SmallDisk } from '../support/small-disk.js';
import { TestServer } from '../support/test-server.js';
import { StackAdmin } from './stack-admin.js';
import { Stack } from './stack.js';

/** Many processes start here, on machines that have other work. */
const MB = 1_048_576;
const ROOM = 2_048 * MB;
const volume = await SmallDisk.mount(ROOM);
const onSmallDisk = volume === null ? it.skip : it;
const needed = ['nginx', 'mariadb', 'redis'];

(needed.some(isLeftOut) ? describe.skip : describe)('the services of docker-compose.yml, two web applications, two workers', () => {
  let stack: Stack;
  let peer: TestServer;
  let admin: StackAdmin;
  /** Everything that was answered 201, by name. */
  const acknowledged = new Map<string, string>();

  const uploaded = async (filename: string, content: Uint8Array<ArrayBuffer>): Promise<void> => {
    const response = await admin.upload(filename, content);
    expect([response.status, await response.text()]).toEqual([201, expect.stringContaining(filename)]);
    acknowledged.set(filename, sha256(content));
  };

  beforeAll(async () => {
    [stack, peer] = await Promise.all([Stack.start(volume?.directory), TestServer.start('peer', { JOB_LEASE_MS: '2000' })]);
    admin = new StackAdmin(stack.url);
    await eventually(
      async () => {
        await admin.signIn();
        await admin.ok('POST', '/api/admin/about/update', { name: 'stack', url: stack.url });
      },
      { timeoutMs: 30_000 },
    );
    await peer.ok('POST', '/api/admin/about/update', { name: 'peer', url: peer.url });
    const { url, iss, key } = await peer.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
    await admin.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });

  afterAll(async () => {
    await Promise.all([stack?.dispose(), peer?.dispose()]);
    await volume?.unmount();
  });

  it('exchanges packages with another server, and serves them as every server does', async () => {
    const [up, down] = [someBytes(9 * MB + 3), someBytes(3 * MB)];
    await uploaded('from-stack.pkg', up);
    await peer.upload('from-peer.pkg', down);
    expect(sha256(await peer.downloaded('from-stack.pkg', 120_000))).toBe(sha256(up));
    expect(sha256(await admin.arrived('from-peer.pkg'))).toBe(sha256(down));
    const range = { range: 'bytes=1048570-1048585' };
    const [here, there] = await Promise.all([
      admin.download('from-peer.pkg', range),
      new StackAdmin(peer.url).download('from-peer.pkg', range),
    ]);
    for (const name of ['etag', 'last-modified', 'content-range', 'repr-digest'])
      expect([name, here.headers.get(name)]).toEqual([name, there.headers.get(name)]);
    expect([here.status, await here.text()]).toEqual([206, await there.text()]);
    expect(here.headers.get('x-accel-redirect')).toBeNull();
  });

  it('has sessions that hold at every web application, and end at every one', async () => {
    const other = new StackAdmin(stack.url);
    await other.signIn();
    const doors = stack.webapps.map(({ url }) => other.at(url));
    for (const door of doors) expect((await door.send('GET', '/api/admin/about')).status).toBe(200);
    expect((await other.send('POST', '/api/admin/auth/logout')).status).toBeLessThan(300);
    for (const door of doors) expect((await door.send('GET', '/api/admin/about')).status).toBe(401);
  });

  it('does no work twice', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `once-${index}.pkg`);
    await Promise.all(names.map((name) => peer.upload(name, someBytes(MB))));
    for (const name of names) await admin.arrived(name);
    await eventually(async () => {
      const ours = (await admin.transfers()).filter(({ filename }) => names.includes(filename));
      expect(ours.map(({ state, attempts }) => [state, attempts])).toEqual(names.map(() => ['done', 1]));
    });
  });

  it('is restarted one by one under load: no download fails, no question is answered 5xx, nothing acknowledged is lost', async () => {
    const load = { isOn: true, failures: [] as string[], downloads: 0, refused: [] as number[], asked: 0, faults: [] as string[] };
    const downloading = (async () => {
      for (; load.isOn; load.downloads += 1) {
        const response = await admin
          // On a connection of its own: nginx ends a kept one after an upload that it answered before its end, and that is no fault.
          .download('from-stack.pkg', { connection: 'close' })
          .catch((error: unknown) => ({
            status: 0,
            arrayBuffer: () => Promise.resolve(`${String(error)} ${String((error as Error).cause)}`),
          }));
        const body = await Promise.resolve(response.arrayBuffer()).catch(String);
        if (response.status !== 200 || typeof body === 'string' || body.byteLength !== 9 * MB + 3)
          load.failures.push(`${response.status} ${String(body)}`);
      }
    })();
    const asking = (async () => {
      for (; load.isOn; load.asked += 1) {
        const response = await admin.send('GET', '/api/admin/about');
        const body = await response.text();
        if (response.status >= 500) load.faults.push(`${response.status} ${body}`);
      }
    })();
    const uploading = (async () => {
      for (let index = 0; load.isOn; index += 1) {
        const content = someBytes(256 * 1_024);
        const response = await admin.upload(`rolling-${index}.pkg`, content);
        if (response.status === 201) acknowledged.set(`rolling-${index}.pkg`, sha256(content));
        else load.refused.push(response.status);
        await response.arrayBuffer();
      }
    })();
    for (const each of [...stack.webapps, ...stack.workers]) {
      expect(await each.stop()).toBe(0);
      await each.start();
    }
    load.isOn = false;
    await Promise.all([downloading, uploading, asking]);
    expect([load.asked > 50, load.faults]).toEqual([true, []]);
    expect(load.failures).toEqual([]);
    expect(load.downloads).toBeGreaterThan(3);
    expect(load.refused.filter((status) => status < 500)).toEqual([]);
    expect(await admin.names()).toEqual(expect.arrayContaining([...acknowledged.keys()]));
  });

  it('says that it is degraded while Redis is away, takes uploads all the same, and makes up for it', async () => {
    await stack.redis.stop('SIGKILL');
    await eventually(
      async () => {
        for (const each of [...stack.webapps, ...stack.workers]) {
          expect(await each.ready()).toEqual({
            status: 200,
            body: { status: 'degraded', reasons: [expect.stringMatching(/^Redis does not answer/)] },
          });
        }
      },
      { timeoutMs: 90_000 },
    );
    const content = someBytes(MB);
    await uploaded('without-redis.pkg', content);
    await stack.redis.start(); // and it has forgotten everything
    await stack.allReady();
    expect(sha256(await peer.downloaded('without-redis.pkg', 120_000))).toBe(sha256(content));
  });

  it('says that it is not ready while the database is away, and heals when it is back', async () => {
    await stack.mysql.stop();
    await eventually(
      async () => {
        for (const each of [...stack.webapps, ...stack.workers]) {
          expect(await each.ready()).toEqual({ status: 503, body: { status: 'not ready', reasons: ['The database does not answer.'] } });
        }
      },
      { timeoutMs: 90_000 },
    );
    const refused = await admin.upload('no-database.pkg', someBytes(MB));
    expect([refused.status, refused.headers.get('content-type')]).toEqual([503, expect.stringMatching(/problem\+json/)]);
    expect((await admin.download('from-stack.pkg')).status).toBe(200);
    await stack.mysql.start();
    await stack.allReady();
    expect(await admin.names()).toEqual(expect.arrayContaining([...acknowledged.keys()]));
    expect(await admin.names()).not.toContain('no-database.pkg');
    await uploaded('database-is-back.pkg', someBytes(MB));
    await peer.downloaded('database-is-back.pkg', 120_000);
  });

  it('continues a transfer whose worker was killed', async () => {
    const content = someBytes(60 * MB);
    await peer.upload('orphan.pkg', content);
    await eventually(async () => expect((await admin.transfers()).map(({ filename }) => filename)).toContain('orphan.pkg'), {
      timeoutMs: 90_000,
    });
    for (const worker of stack.workers) await worker.stop('SIGKILL'); // whichever of them had it
    await Promise.all(stack.workers.map((worker) => worker.start()));
    expect(sha256(await admin.arrived('orphan.pkg', 150_000))).toBe(sha256(content));
  });

  it('finishes what is being sent while nginx reloads', async () => {
    const response = await admin.download('orphan.pkg');
    const reader = response.body!.getReader();
    let length = (await reader.read()).value!.length;
    process.kill(stack.nginx.pid!, 'SIGHUP');
    await admin.arrived('from-stack.pkg'); // the new processes answer
    for (let next = await reader.read(); !next.done; next = await reader.read()) length += next.value.length;
    expect(length).toBe(60 * MB);
  });

  it('keeps nothing of an upload whose web application was killed, and takes it again', async () => {
    const socket = await beginUpload(stack.nginx.port, await admin.signIn(), 'cut.pkg', 40 * MB);
    await Promise.all(stack.webapps.map((each) => each.stop('SIGKILL')));
    expect(await answerOf(socket)).toMatch(/^(HTTP\/1\.1 50[234] |$)/);
    await Promise.all(stack.webapps.map((each) => each.start()));
    expect(await admin.names()).not.toContain('cut.pkg');
    const content = someBytes(2 * MB);
    await uploaded('cut.pkg', content);
    expect(sha256(await peer.downloaded('cut.pkg', 120_000))).toBe(sha256(content));
  });

  onSmallDisk('says so while the disk is full, serves what it has, and resumes automatically when there is room', async () => {
    await volume!.leave(8 * MB);
    const refused = await admin.upload('no-room.pkg', someBytes(40 * MB));
    expect([refused.status, await refused.json()]).toEqual([
      507,
      expect.objectContaining({ type: 'urn:ods:problem:disk-full', detail: expect.stringMatching(/^There is not enough free disk space/) }),
    ]);
    const content = someBytes(40 * MB);
    await peer.upload('for-later.pkg', content);
    await eventually(
      async () =>
        expect((await admin.transfers()).find(({ filename }) => filename === 'for-later.pkg')).toMatchObject({
          state: 'waiting',
          error_code: 'disk-full',
          last_error: expect.stringMatching(/^There is not enough free disk space/),
        }),
      { timeoutMs: 90_000 },
    );
    await stack.allReady();
    await uploaded('fits.pkg', someBytes(MB));
    expect(await admin.names()).toEqual(expect.arrayContaining([...acknowledged.keys()]));
    expect((await admin.arrived('from-stack.pkg')).length).toBe(9 * MB + 3);

    await volume!.resize(ROOM);
    expect(sha256(await admin.arrived('for-later.pkg', 150_000))).toBe(sha256(content));
    await uploaded('no-room.pkg', someBytes(40 * MB));
  });

  it('has everything it ever acknowledged, byte for byte, at both servers', async () => {
    for (const [name, digest] of acknowledged) {
      expect([name, sha256(await admin.arrived(name))]).toEqual([name, digest]);
      expect([name, sha256(await peer.downloaded(name, 120_000))]).toEqual([name, digest]);
    }
    await stack.allReady();
  });
});

/** Sends the head of an upload and half of its content. */
async function beginUpload(port: number, token: string, filename: string, size: number): Promise<Socket> {
  const start = `--b\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  const end = '\r\n--b--\r\n';
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined); // it is cut: that is what is tested
  socket.write(
    `POST /api/admin/upload HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: multipart/form-data; boundary=b\r\n` +
      `Content-Length: ${start.length + size + end.length}\r\n\r\n${start}`,
  );
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(size / 2, 7), () => resolve()));
  return socket;
}

/** What was answered until the connection ended. */
async function answerOf(socket: Socket): Promise<string> {
  let answer = '';
  socket.setTimeout(30_000, () => socket.destroy());
  socket.on('data', (data) => {
    answer += String(data);
    if (answer.includes('\r\n')) socket.destroy();
  });
  if (!socket.destroyed) await once(socket, 'close');
  return answer;
}
