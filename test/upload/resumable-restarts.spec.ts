import { createHash, randomBytes } from 'node:crypto';
import * as tus from 'tus-js-client';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';
import { TusCaller } from './tus-caller.js';

const MB = 1_048_576;
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const patience = { timeoutMs: 60_000 };

interface Sending {
  readonly done: Promise<void>;
  /** Bytes that were acknowledged to the client, or that it has handed to the line. */
  readonly sent: () => number;
}

/** tus-js-client as a build server uses it: large chunks, and patience. */
function send(server: TestServer, token: string, filename: string, content: Buffer, chunkSize: number): Sending {
  let sent = 0;
  const done = new Promise<void>((resolve, reject) => {
    const upload = new tus.Upload(content as never, {
      endpoint: `${server.url}/api/admin/upload/resumable`,
      chunkSize,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename, stage: 'Prod' },
      retryDelays: Array.from({ length: 100 }, () => 200),
      onProgress: (bytes) => (sent = Math.max(sent, bytes)),
      onSuccess: () => resolve(),
      onError: reject,
    });
    upload.start();
  });
  done.catch(() => undefined); // awaited by the test
  return { done, sent: () => sent };
}

describe('resumable uploads and restarts', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await TestServer.start('resumable');
    token = String((await server.ok('POST', '/api/admin/tokens', { name: 'tus-js-client', role: 'publisher' }))['token']);
  });
  afterAll(() => server.dispose());

  const expectPackage = async (filename: string, content: Buffer): Promise<void> => {
    const row = await server.ok('GET', `/api/admin/packages/${filename}`);
    expect(row).toMatchObject({ sha256: sha256(content), file_size: content.length, status: 'Public' });
    expect(content.equals(await server.downloaded(filename))).toBe(true);
  };

  it('tus-js-client uploads', async () => {
    const content = randomBytes(5 * MB + 123);
    await send(server, token, 'plain.pkg', content, 2 * MB).done;
    await expectPackage('plain.pkg', content);
  });

  it('tus-js-client resumes when the server is killed and started again, twice', async () => {
    const content = randomBytes(24 * MB + 5);
    const { done, sent } = send(server, token, 'killed.pkg', content, MB + 1);
    for (const share of [0.2, 0.6]) {
      await eventually(() => expect(sent()).toBeGreaterThan(content.length * share), patience);
      await server.kill9();
      await server.start();
    }
    await done;
    await expectPackage('killed.pkg', content);
  });

  it('what was acknowledged is there after a kill and after a stop, and the rest is asked for', async () => {
    const content = randomBytes(7 * MB + 99);
    const caller = new TusCaller(server, token);
    const location = await caller.begin('slow.pkg', content.length);
    let at = 0;
    for (const [end, stop] of [
      [MB - 7, () => server.kill9()],
      [3 * MB, () => server.stop()],
      [5 * MB + 1, () => server.kill9()],
    ] as const) {
      expect((await caller.patch(location, at, content.subarray(at, end))).offset).toBe(end);
      await stop();
      await server.start();
      expect(await caller.offset(location)).toBe(end);
      at = end;
    }
    expect((await caller.patch(location, at, content.subarray(at))).offset).toBe(content.length);
    await expectPackage('slow.pkg', content);
  });

  it('a request that a kill cut off leaves the upload at an offset from which it resumes', async () => {
    const content = randomBytes(6 * MB + 1);
    const caller = new TusCaller(server, token);
    const location = await caller.begin('cut.pkg', content.length);
    expect((await caller.patch(location, 0, content.subarray(0, MB + 1))).offset).toBe(MB + 1);
    let feed!: ReadableStreamDefaultController<Uint8Array>;
    const cut = caller
      .patch(location, MB + 1, new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) }))
      .catch(() => 'cut');
    feed.enqueue(content.subarray(MB + 1, 4 * MB));
    await eventually(async () => expect((await caller.patch(location, MB + 1, 'x')).status).toBe(423), patience);
    await server.kill9();
    expect(await cut).toBe('cut');
    await server.start();
    const offset = (await caller.offset(location))!;
    expect(offset).toBeGreaterThanOrEqual(MB + 1);
    expect((await caller.patch(location, offset, content.subarray(offset))).offset).toBe(content.length); // waits for the hold of the dead
    await expectPackage('cut.pkg', content);
  });

  it('a line that breaks keeps what came through it', async () => {
    const content = randomBytes(4 * MB);
    const caller = new TusCaller(server, token);
    const location = await caller.begin('broken.pkg', content.length);
    const line = new AbortController();
    let feed!: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
    const headers = {
      authorization: `Bearer ${token}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    };
    const request = { method: 'PATCH', headers, body, duplex: 'half', signal: line.signal } as RequestInit;
    const broken = fetch(`${server.url}${location}`, request).catch(() => 'broken');
    feed.enqueue(content.subarray(0, 2 * MB + 11));
    await eventually(async () => expect((await caller.patch(location, 0, 'x')).status).toBe(423), patience);
    line.abort();
    expect(await broken).toBe('broken');
    const offset = (await caller.offset(location))!;
    expect(offset).toBeLessThanOrEqual(2 * MB + 11);
    expect((await caller.patch(location, offset, content.subarray(offset))).offset).toBe(content.length);
    await expectPackage('broken.pkg', content);
  });
});
