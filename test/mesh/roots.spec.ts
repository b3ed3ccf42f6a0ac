import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { blockDigest, type RootAlgorithm } from '#libs/platform/crypto/block-digest.js';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { contentUuid } from '#libs/replication/content-uuid.js';
import { type ContentRoot, rootOf } from '#libs/replication/content-root.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, manifestOf } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const ods = { 'ods-protocol': '1', 'content-type': 'application/octet-stream' };

interface ContentRow {
  readonly root_alg: string | null;
  readonly root_hash: string | null;
  readonly blocks: Buffer | null;
  readonly digests_unverified: number | null;
  readonly refusal: string | null;
}

function rowOf(server: TestServer, filename: string): ContentRow | undefined {
  const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'), { readonly: true });
  try {
    const columns = 'root_alg, root_hash, blocks, digests_unverified, refusal';
    return database.prepare(`SELECT ${columns} FROM content WHERE filename = ?`).get(filename) as ContentRow | undefined;
  } finally {
    database.close();
  }
}

function rootOfBytes(algorithm: RootAlgorithm, content: Buffer): ContentRoot {
  const blocks = Array.from({ length: Math.ceil(content.length / MB) }, (_, index) => content.subarray(index * MB, (index + 1) * MB));
  return rootOf(algorithm, content.length, Buffer.concat(blocks.map((block) => blockDigest(algorithm, block))));
}

describe.each(['blake3', 'sha256'] as const)('contents with a root of %s', (algorithm) => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b'], { BLOCK_HASH: algorithm });
  });
  afterAll(() => cluster.dispose());

  it('arrive verified by it, and have their digests computed afterwards', async () => {
    const [a, b] = [cluster.at(0), cluster.at(1)];
    for (const size of [0, 1_000, MB, 9 * MB + 17]) {
      const content = someBytes(size);
      const root = rootOfBytes(algorithm, content);
      expect((await a.upload(`${size}.pkg`, content)).status).toBe(201);
      expect(sha256(await b.downloaded(`${size}.pkg`))).toBe(sha256(content));
      await eventually(() => {
        const row = rowOf(b, `${size}.pkg`);
        expect([row?.root_alg, row?.root_hash, row?.digests_unverified]).toEqual([algorithm, root.hash, 0]);
        if (size > MB) expect(row!.blocks!.equals(root.blocks)).toBe(true);
      });
    }
  });
});

describe('the root of a content that a foreign server signed', () => {
  let server: TestServer;
  let peer: ForeignPeer;

  beforeAll(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '700', LOG_FORMAT: 'json' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
    peer = await ForeignPeer.start('Foreign');
    await peer.registerWith(server);
  });
  afterAll(async () => {
    peer?.stop();
    await server?.dispose();
  });

  interface Offer {
    readonly filename: string;
    readonly content: Buffer<ArrayBuffer>;
    readonly root: ContentRoot;
    /** The block list that it gives; null for none. */
    readonly list: Buffer | null;
    readonly wrong?: Record<string, unknown>;
  }
  const asked: string[] = [];
  const offer = async ({ filename, content, root, list, wrong = {} }: Offer): Promise<void> => {
    const created_ms = Date.now();
    const named = { root, size: content.length, createdMs: created_ms, originIss: peer.iss };
    const facts = { uuid: contentUuid('', filename, named), created_ms, root: { alg: root.algorithm, hash: root.hash } };
    const entry = peer.entry(filename, content, { ...facts, ...wrong });
    peer.json(`packages/${facts.uuid}/availability`, () => ({ complete: true }));
    peer.routes.set(`packages/${facts.uuid}/manifest`, ({ url }, response) => {
      const wanted = new URL(url!, 'http://x').searchParams.get('list');
      asked.push(`${filename} ${wanted}`);
      if (wanted !== null && list === null) return void response.writeHead(404, ods).end();
      response.writeHead(200, ods).end(wanted === null ? manifestOf(content) : list);
    });
    peer.routes.set(`packages/${facts.uuid}/content`, (request: IncomingMessage, response) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
      asked.push(`${filename} bytes`);
      response.writeHead(206, ods).end(content.subarray(Number(first), Number(last) + 1));
    });
    const answer = await peer.pushEntries(server, [entry]);
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ taken: 1 })]);
  };
  const failure = (filename: string, words: RegExp): Promise<void> =>
    eventually(
      async () => {
        const { items } = await server.ok<{ items: { filename: string; last_error: string | null }[] }>('GET', '/api/admin/transfers');
        expect(items.find((row) => row.filename === filename)?.last_error).toMatch(words);
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  const isServed = async (filename: string): Promise<boolean> => (await fetch(`${server.url}/share/${filename}`)).ok;

  it('is asked for its list, and the list is what blocks are compared with', async () => {
    const content = someBytes(3 * MB + 1);
    const root = rootOfBytes('blake3', content);
    await offer({ filename: 'honest.pkg', content, root, list: root.blocks });
    await hasState(server, 'honest.pkg', 'Public');
    expect(asked).toContain('honest.pkg blake3');
    expect(sha256(await server.downloaded('honest.pkg'))).toBe(sha256(content));
  });

  it.each([
    ['gives none', () => null],
    ['gives the list of something else', (root: ContentRoot) => Buffer.alloc(root.blocks.length)],
    ['gives one that is too short', (root: ContentRoot) => root.blocks.subarray(32)],
    ['gives one that is too long', (root: ContentRoot) => Buffer.concat([root.blocks, root.blocks])],
  ])('holds also when the server %s', async (what, list) => {
    const content = someBytes(2 * MB + 5);
    const root = rootOfBytes('blake3', content);
    const filename = `${what.replaceAll(' ', '-')}.pkg`;
    await offer({ filename, content, root, list: list(root) });
    await hasState(server, filename, 'Public');
    expect(rowOf(server, filename)).toMatchObject({ root_hash: root.hash });
  });

  it.each([
    ['many', 2 * MB + 5],
    ['one', 50_000],
  ])('of other bytes keeps a content of %s blocks from being published', async (what, size) => {
    const content = someBytes(size);
    const filename = `other-root-${what}.pkg`;
    await offer({ filename, content, root: rootOfBytes('blake3', someBytes(size)), list: null });
    await failure(filename, /not the root|wrong content/);
    expect(await isServed(filename)).toBe(false);
  });

  it('decides: a block that has the SHA-1 of the chunk list and not the hash of the block list is wrong', async () => {
    const content = someBytes(2 * MB);
    const other = rootOfBytes('blake3', someBytes(2 * MB));
    await offer({ filename: 'wrong-blocks.pkg', content, root: other, list: other.blocks });
    await failure('wrong-blocks.pkg', /wrong content/);
    expect(await isServed('wrong-blocks.pkg')).toBe(false);
  });

  it('with a false SHA-256 of the whole: found soon after, not served any more, not fetched again, and the author is named', async () => {
    const content = someBytes(3 * MB);
    const root = rootOfBytes('blake3', content);
    await offer({ filename: 'false-whole.pkg', content, root, list: root.blocks, wrong: { sha256: 'e'.repeat(64) } });
    await hasState(server, 'false-whole.pkg', 'Quarantined');
    await failure('false-whole.pkg', new RegExp(`${peer.iss} gave a false SHA-1 or SHA-256.*${sha256(content)}`));
    expect(await isServed('false-whole.pkg')).toBe(false);
    expect(rowOf(server, 'false-whole.pkg')?.refusal).toContain(peer.iss);
    const fetches = asked.filter((what) => what === 'false-whole.pkg bytes').length;
    const { items } = await server.ok<{ items: { id: number; filename: string }[] }>('GET', '/api/admin/transfers');
    await server.api('POST', `/api/admin/transfers/${items.find(({ filename }) => filename === 'false-whole.pkg')!.id}/retry`);
    await failure('false-whole.pkg', /gave a false/);
    expect(asked.filter((what) => what === 'false-whole.pkg bytes')).toHaveLength(fetches);
    expect((await packagesOf(server)).some(({ filename, status }) => filename === 'false-whole.pkg' && status === 'Public')).toBe(false);
  });
});
