import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { STORE_MARK } from '#libs/platform/storage/store-mark.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, manifestOf } from '../support/foreign-peer.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const ods = { 'ods-protocol': '1', 'content-type': 'application/octet-stream' };

interface Transfer {
  readonly filename: string;
  readonly state: string;
  readonly error_code: string | null;
  readonly last_error: string | null;
}

type Giving = (response: ServerResponse, request: IncomingMessage) => void;

/** What the request's `Range` asks for. */
function asked({ headers }: IncomingMessage, content: Buffer): Buffer {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')!;
  return content.subarray(Number(first), Number(last) + 1);
}

/** Memory of the server's process, in bytes; 0 on systems that do not report it in a file. */
const memoryOf = (server: TestServer): number => {
  if (!existsSync('/proc/self/status')) return 0;
  const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0) * 1_024;
};

/** A registered server that wants to do harm: nothing wrong is ever published, nothing breaks, and the administrator is informed. */
describe('a peer that lies', () => {
  let server: TestServer;
  let liar: ForeignPeer;

  beforeAll(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '700', LOG_FORMAT: 'json' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
    liar = await ForeignPeer.start('Liar');
    await liar.registerWith(server);
  });
  afterAll(async () => {
    liar?.stop();
    await server?.dispose();
  });

  /** What the server says of a package that it could not get. */
  const complaintOf = (filename: string, words: string | RegExp): Promise<void> =>
    eventually(
      async () => {
        const { items } = await server.ok<{ items: Transfer[] }>('GET', '/api/admin/transfers');
        const found = items.find((row) => row.filename === filename);
        expect([found?.state, found?.last_error]).toEqual([
          expect.stringMatching(/^(failed|waiting|active|queued)$/),
          expect.stringMatching(words),
        ]);
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  const isPublished = async (filename: string): Promise<boolean> => (await fetch(`${server.url}/share/${encodeURIComponent(filename)}`)).ok;

  /** Offers a content and answers requests for it with `give`. */
  const offer = async (filename: string, content: Buffer, give: Giving, wrong: object = {}): Promise<void> => {
    const entry = liar.entry(filename, content, wrong as Record<string, unknown>);
    const uuid = entry['uuid'] as string;
    liar.json(`packages/${uuid}/availability`, () => ({ complete: true }));
    liar.routes.set(`packages/${uuid}/manifest`, (_request, response) => void response.writeHead(200, ods).end(manifestOf(content)));
    liar.routes.set(`packages/${uuid}/content`, (request, response) => give(response, request));
    expect((await liar.pushEntries(server, [entry])).status).toBe(202);
  };

  it('sends wrong bytes', async () => {
    const content = someBytes(3 * MB);
    await offer('wrong-bytes.pkg', content, (response) => void response.writeHead(206, ods).end(someBytes(3 * MB)));
    await complaintOf('wrong-bytes.pkg', /Liar sent blocks with wrong content/);
    expect(await isPublished('wrong-bytes.pkg')).toBe(false);
  });

  it('sends a body without end', async () => {
    const before = memoryOf(server);
    let sent = 0;
    await offer('endless.pkg', someBytes(2 * MB), (response) => {
      response.writeHead(206, ods);
      const more = (): void => {
        while (!response.destroyed && sent < 2_000 * MB) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', more);
        }
      };
      more();
    });
    await complaintOf('endless.pkg', /Liar/);
    expect(await isPublished('endless.pkg')).toBe(false);
    expect(sent).toBeLessThan(500 * MB);
    expect(memoryOf(server) - before).toBeLessThan(400 * MB);
  });

  it('sends a chunk list that is another one, or has no end', async () => {
    for (const [filename, list] of [
      ['other-list.pkg', Buffer.alloc(40)],
      ['long-list.pkg', Buffer.alloc(30 * MB)],
    ] as const) {
      await offer(filename, someBytes(2 * MB), (response) => void response.writeHead(206, ods).end());
      const last = [...liar.routes.keys()].findLast((route) => route.endsWith('/manifest'))!;
      liar.routes.set(last, (_request, response) => void response.writeHead(200, ods).end(list));
      await complaintOf(filename, /chunk list|does not match|Liar/i);
      expect(await isPublished(filename)).toBe(false);
    }
  });

  it('signs for a whole that is not the sum of its blocks', async () => {
    const content = someBytes(2 * MB);
    await offer('false-whole.pkg', content, (response, request) => void response.writeHead(206, ods).end(asked(request, content)), {
      sha256: 'e'.repeat(64),
    });
    await complaintOf('false-whole.pkg', /SHA-256/);
    expect(await isPublished('false-whole.pkg')).toBe(false);
    expect(readdirSync(path.join(server.dataDir, 'content'))).toEqual([STORE_MARK]);
  });

  it('stops in the middle, and says nothing at all', async () => {
    await offer('stalled.pkg', someBytes(2 * MB), (response) => void response.writeHead(206, ods).write(Buffer.alloc(1_000)));
    await complaintOf('stalled.pkg', /Liar|no more of it/);
    expect(await isPublished('stalled.pkg')).toBe(false);
  });

  it('speaks in the name of another, repeats calls, and signs for other calls', async () => {
    const body = { epoch: liar.epoch, since: 0, next: 1, items: [] };
    const send = async (claims: Record<string, unknown>): Promise<number> =>
      (await liar.call(server, 'POST', '/api/ods/notifications', { json: body, claims })).status;
    expect(await send({ iss: 'a'.repeat(32) })).toBe(401);
    expect(await send({ iss: (await server.ok<{ iss: string }>('GET', '/api/admin/about')).iss })).toBe(401);
    expect(await send({ aud: 'b'.repeat(32) })).toBe(401);
    expect(await send({ exp: Math.floor(Date.now() / 1_000) + 3_600 })).toBe(401);
    expect(await send({ bsh: 'c'.repeat(64) })).toBe(401);
    expect(await send({ pth: '/api/ods/about' })).toBe(401);
    const token = liar.tokenFor('POST', '/api/ods/notifications', Buffer.from(JSON.stringify(body)));
    const replay = async (): Promise<number> => (await liar.call(server, 'POST', '/api/ods/notifications', { json: body, token })).status;
    expect([await replay(), await replay(), await replay()]).toEqual([202, 401, 401]);
  });

  it('names files as paths, tricks and monsters', async () => {
    const names = [
      '../../etc/passwd',
      '..\\..\\x',
      '/abs',
      'a/b',
      '..',
      '.',
      '',
      'x\u0000y',
      'CON',
      'a'.repeat(400),
      '.hidden',
      'x\ny',
      'é.pkg',
    ];
    const before = (await packagesOf(server)).length;
    const entries = names.map((filename) => liar.entry('x.pkg', someBytes(10), { filename }));
    const answer = await liar.pushEntries(server, entries);
    const { taken, refused } = (await answer.json()) as { taken: number; refused: string[] };
    expect([answer.status, refused.length > 0]).toEqual([202, true]);
    expect((await packagesOf(server)).length - before).toBe(taken);
    for (const { filename } of await packagesOf(server)) expect(filename).not.toMatch(/[/\\\p{Cc}]|^\.|^$/u);
    expect(taken).toBeLessThanOrEqual(1);
  });

  it('names sizes, hashes, stages and times that cannot be', async () => {
    const right = someBytes(10);
    const wrong: Record<string, unknown>[] = [
      ...[-1, 1.5, 2 ** 53 - 1, 1e300, '10', null].map((size) => ({ size })),
      ...['', 'G'.repeat(64), 'a'.repeat(63), 5].map((value) => ({ sha256: value })),
      { uuid: '../../../../../../../../../../x' },
      { stage: 'Root' },
      { notes: 'n'.repeat(100_000) },
      { stamp: { wall_ms: -1, counter: 0, iss: liar.iss } },
      { stamp: { wall_ms: Date.now(), counter: 2 ** 40, iss: liar.iss } },
      { stamp: null },
    ];
    const answer = await liar.pushEntries(
      server,
      wrong.map((fault, index) => liar.entry(`absurd-${index}.pkg`, right, fault)),
    );
    expect([answer.status, ((await answer.json()) as { taken: number }).taken]).toEqual([202, 0]);
    expect((await packagesOf(server)).some(({ filename }) => filename.startsWith('absurd'))).toBe(false);
    // A number that cannot be read exactly, or is none of this protocol, refuses its own entry alone.
    const exact = await liar.pushEntries(server, [
      liar.entry('huge-size.pkg', right, { size: 2 ** 53 }),
      liar.entry('huge-time.pkg', right, { stamp: { wall_ms: 2 ** 60, counter: 0, iss: liar.iss } }),
      liar.entry('beside.pkg', right),
    ]);
    const judged = (await exact.json()) as { taken: number; refused: string[] };
    expect([exact.status, judged.taken]).toEqual([202, 1]);
    for (const name of ['huge-size.pkg', 'huge-time.pkg']) expect(judged.refused.join('\n')).toContain(`The entry of ${name} is malformed`);
    expect(judged.refused.filter((reason) => reason.includes('beside.pkg'))).toEqual([]);
    expect((await packagesOf(server)).some(({ filename }) => filename === 'beside.pkg')).toBe(true);
    const ahead = liar.entry('ahead.pkg', right, { stamp: { wall_ms: Date.now() + 86_400_000, counter: 0, iss: liar.iss } });
    const { taken, refused } = (await (await liar.pushEntries(server, [ahead])).json()) as { taken: number; refused: string[] };
    expect([taken, refused]).toEqual([0, [expect.stringContaining('wrong clock')]]);
    const { items } = await server.ok<{ items: { last_refusal: string | null }[] }>('GET', '/api/admin/registered_ods');
    expect(items.map(({ last_refusal }) => last_refusal).join()).toContain('wrong clock');
  });

  it('sends too much, too deep, and what is no message', async () => {
    const send = async (text: string): Promise<number> => {
      const bytes = Buffer.from(text);
      const token = liar.tokenFor('POST', '/api/ods/notifications', bytes);
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'ods-protocol': '1' };
      return (await fetch(`${server.url}/api/ods/notifications`, { method: 'POST', headers, body: bytes })).status;
    };
    const message = (items: string): string => `{"epoch":"${liar.epoch}","since":0,"next":1,"items":${items}}`;
    const item = JSON.stringify({ seq: 1, entry: liar.entry('many.pkg', someBytes(1)), held: false });
    expect(await send(message(`[${`${item},`.repeat(1_000)}${item}]`))).toBe(400); // one more than a page holds
    expect(await send(message(`[${'{"entry":'.repeat(100_000)}1${'}'.repeat(100_000)}]`))).toBeLessThan(500);
    expect(await send(message(`[${`{"entry":null},`.repeat(400_000)}{}]`))).toBe(413);
    const mixed = message(`[1,null,[],"x",${JSON.stringify(liar.item(liar.entry('mixed.pkg', someBytes(10))))}]`);
    expect(await send(mixed)).toBe(202); // what is no entry is refused alone
    expect((await packagesOf(server)).some(({ filename }) => filename === 'mixed.pkg')).toBe(true);
    for (const text of ['[]', 'null', '"x"', '{', '', message('{}')]) expect(await send(text)).toBeGreaterThanOrEqual(400);
  });

  it('has a feed of a million entries', async () => {
    const before = memoryOf(server);
    let pages = 0;
    liar.json('catalog', (request) => {
      const since = Number(new URL(request.url!, 'http://x').searchParams.get('since'));
      pages += 1;
      const items = Array.from({ length: 1_000 }, (_, index) => {
        const entry = liar.entry(`flood-${(since + index) % 5_000}.pkg`, Buffer.from('x'), { deleted: true });
        return { seq: since + index + 1, entry, held: false };
      });
      const next = Math.min(since + 1_000, 1_000_000);
      return { epoch: liar.epoch, items, next, last: 1_000_000 };
    });
    const [peer] = (await server.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods')).items;
    await server.ok('POST', `/api/admin/registered_ods/${peer!.id}/sync`);
    await eventually(() => expect(pages).toBeGreaterThan(10), { timeoutMs: 60_000 });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await server.upload('meanwhile.pkg', 'still served')).status).toBe(201);
    expect(await (await fetch(`${server.url}/share/meanwhile.pkg`)).text()).toBe('still served');
    expect(memoryOf(server) - before).toBeLessThan(400 * MB);
    liar.json('catalog', () => ({ epoch: liar.epoch, items: [], next: 0, last: 0 }));
  });

  it('has done no harm: what is served is what an administrator uploaded', async () => {
    expect(readdirSync(path.join(server.dataDir, 'share'))).toEqual(['meanwhile.pkg']);
    const content = someBytes(2 * MB);
    await server.upload('honest.pkg', content);
    expect(sha256(await server.downloaded('honest.pkg'))).toBe(sha256(content));
    await hasState(server, 'honest.pkg', 'Public');
    expect(server.isRunning).toBe(true);
    expect(server.logs).not.toMatch(/uncaught|unhandled/i);
  });
});
