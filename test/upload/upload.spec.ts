import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { blockDigest } from '#libs/platform/crypto/block-digest.js';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { rootHash } from '#libs/replication/content-root.js';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';
import { RawUpload } from './raw-upload.js';

const MIB = 2 ** 20;
const hash = (algorithm: string, content: Uint8Array): string => createHash(algorithm).update(content).digest('hex');
const filesOf = (server: TestServer, folder: string): string[] => readdirSync(path.join(server.dataDir, folder)).sort();

interface Uploaded {
  readonly filename: string;
  readonly sha1: string;
  readonly uuid: string;
  readonly stage: string;
  readonly already_existed: boolean;
  readonly detail: string;
}

describe('uploading', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('upload', { MAX_UPLOAD_BYTES: '8M', UPLOAD_IDLE_SECONDS: 20 });
  });
  afterAll(() => server.dispose());
  afterEach(() => eventually(() => expect(filesOf(server, 'staging')).toEqual([])));

  const upload = (name: string, content: string | Buffer, fields: Record<string, string> = {}) =>
    server.upload<Uploaded>(name, content as string, fields);

  it('answers with the package, which is then served', async () => {
    const content = randomBytes(3 * MIB + 17);
    const { status, body } = await upload('NoMAD.pkg', content, { stage: 'Prod', notes: 'Für alle' });
    expect(status).toBe(201);
    expect(body).toEqual({
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      created_ts: expect.closeTo(Date.now() / 1_000, -2),
      file_size: content.length,
      file_size_hr: '3.0 MB',
      filename: 'NoMAD.pkg',
      id: expect.any(Number),
      sha1: hash('sha1', content),
      sha256: hash('sha256', content),
      stage: 'Prod',
      status: 'Public',
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      notes: 'Für alle',
      origin: expect.stringMatching(/^[0-9a-f]{32}$/),
      updated_ts: expect.any(Number),
      replacement_pending: false,
      served_uuid: body.uuid,
      copies: null, // answers to changes do not count them
      copies_state: 'unknown',
      chunk_count: 4,
      // It is inspected after the answer.
      ...{ title: null, title_key: null, version: null, signer: null, team_id: null, signed: null },
      already_existed: false,
      warnings: [],
    });
    expect((await server.downloaded('NoMAD.pkg')).equals(content)).toBe(true);
    expect(filesOf(server, 'share')).toContain('NoMAD.pkg');
  });

  it.each([
    ['blake3', {}],
    ['sha256', { BLOCK_HASH: 'sha256' }],
  ] as const)('keeps the block list, made with %s, and the root that receivers verify with', async (algorithm, settings) => {
    const own = await TestServer.start('upload-root', settings);
    try {
      for (const size of [0, 17, MIB, 2 * MIB + 17]) {
        const content = randomBytes(size);
        await own.upload(`root-${size}.pkg`, content);
        const blocks = Array.from({ length: Math.ceil(size / MIB) }, (_, index) => content.subarray(index * MIB, (index + 1) * MIB));
        const list = Buffer.concat(blocks.map((block) => blockDigest(algorithm, block)));
        const database = new SqliteFile(path.join(own.dataDir, 'ods.sqlite'), { readonly: true });
        const row = database.prepare('SELECT root_alg, root_hash, blocks FROM content WHERE filename = ?').get(`root-${size}.pkg`);
        database.close();
        expect(row).toEqual({ root_alg: algorithm, root_hash: rootHash(algorithm, size, list), blocks: list });
      }
    } finally {
      await own.dispose();
    }
  });

  it('is also POST /packages, as the reference documents call it', async () => {
    const form = new FormData();
    form.set('file', new Blob(['content']), 'other-door.pkg');
    form.set('stage', 'Test'); // after the file
    const { status, body } = await server.api('POST', '/api/admin/packages', form);
    expect([status, body]).toMatchObject([201, { filename: 'other-door.pkg', sha1: hash('sha1', Buffer.from('content')), stage: 'Test' }]);
  });

  it("takes the server's own stage when none is given", async () => {
    const { stage } = await server.ok<{ stage: string }>('GET', '/api/admin/about');
    expect((await upload('stageless.pkg', 'x')).body.stage).toBe(stage);
    expect((await upload('stageless-2.pkg', 'x', { stage: '' })).body.stage).toBe(stage);
  });

  it('takes an empty file', async () => {
    expect((await upload('empty.pkg', '')).body).toMatchObject({
      file_size: 0,
      file_size_hr: '0 B',
      chunk_count: 0,
      sha1: hash('sha1', Buffer.alloc(0)),
    });
    expect((await server.downloaded('empty.pkg')).length).toBe(0);
  });

  it('keeps names to the letter: UTF-8, spaces, plus, percent', async () => {
    for (const name of ['Büro Übersicht.pkg', 'C++ 100%2B.pkg', '日本語 🎉.dmg']) {
      expect([name, (await upload(name, name)).body]).toMatchObject([name, { filename: name }]);
      expect((await server.downloaded(name)).toString()).toBe(name);
      expect(filesOf(server, 'share')).toContain(name);
    }
  });

  it('says it when the same file was there already, and changes nothing', async () => {
    const first = await upload('same.pkg', 'same');
    const second = await upload('Same.pkg', 'same');
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual({ ...first.body, already_existed: true });
  });

  it('does not overwrite another content without replace', async () => {
    const first = (await upload('taken.pkg', 'one')).body;
    const refused = await upload('TAKEN.pkg', 'two');
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:ods:problem:filename-taken', detail: expect.stringContaining('taken.pkg') },
    });
    expect((await server.downloaded('taken.pkg')).toString()).toBe('one');

    const replaced = await upload('taken.pkg', 'two', { replace: 'true' });
    expect(replaced.status).toBe(201);
    expect(replaced.body.uuid).not.toBe(first.uuid);
    expect((await server.downloaded('taken.pkg')).toString()).toBe('two');

    const form = new FormData();
    form.set('file', new Blob(['three']), 'Taken.pkg');
    expect((await server.api('POST', '/api/admin/upload?replace=true', form)).status).toBe(201);
    expect((await server.downloaded('taken.pkg')).toString()).toBe('three');
    expect(filesOf(server, 'share').filter((name) => /taken/i.test(name))).toEqual(['Taken.pkg']);
  });

  it.each([
    ['a bad name', '.hidden', {}, /begin with a dot/],
    ['a bad stage', 'a.pkg', { stage: 'Production' }, /stage must be one of Dev, Test, Prod/],
    ['a bad input to replace', 'a.pkg', { replace: 'yes' }, /replace must be true or false/],
    ['long notes', 'a.pkg', { notes: 'x'.repeat(2_001) }, /notes may have at most 2000/],
  ])('refuses %s with a sentence', async (_what, name, fields, sentence) => {
    const { status, body } = await upload(name, 'x', fields as Record<string, string>);
    expect([status, body.detail]).toEqual([400, expect.stringMatching(sentence)]);
  });

  it('refuses two files, no file and what is no form', async () => {
    const two = new FormData();
    two.append('file', new Blob(['1']), 'one.pkg');
    two.append('file', new Blob(['2']), 'two.pkg');
    expect(await server.api('POST', '/api/admin/upload', two)).toMatchObject({ status: 400, body: { detail: 'Send one file at a time.' } });
    expect(await server.api('POST', '/api/admin/upload', new FormData())).toMatchObject({ status: 400 });
    expect(await server.api('POST', '/api/admin/upload', { file: 'x' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('multipart/form-data') },
    });
    expect((await server.api('GET', '/api/admin/packages/one.pkg')).status).toBe(404);
  });

  describe('too large', () => {
    it('is said before the body is sent when its length is known', async () => {
      const call = await RawUpload.begin(server, 'large.pkg', { announced: 9 * MIB });
      expect(await call.answer()).toMatchObject({
        status: 413,
        body: { type: 'urn:ods:problem:upload-too-large', detail: expect.stringContaining('8.0 MB') },
      });
      call.cut();
    });

    it('is noticed by counting when it is not', async () => {
      const call = await RawUpload.begin(server, 'large.pkg');
      for (let sent = 0; sent < 12; sent += 1) await call.send(Buffer.alloc(MIB));
      expect((await call.answer()).status).toBe(413);
      call.cut();
    });

    it('begins one byte after the limit', async () => {
      expect((await upload('largest.pkg', Buffer.alloc(8 * MIB, 1))).status).toBe(201);
      expect((await upload('larger.pkg', Buffer.alloc(8 * MIB + 1, 1))).status).toBe(413);
    });
  });

  describe('of the same name at the same time', () => {
    const send = async (contents: readonly Buffer[], name: string) => {
      const calls = await Promise.all(contents.map(() => RawUpload.begin(server, name, {})));
      await Promise.all(calls.map((call, index) => call.send(contents[index]!)));
      for (const call of calls) call.end();
      return Promise.all(calls.map((call) => call.answer()));
    };

    it('with the same content: one creates it, the others learn that it exists', async () => {
      const content = randomBytes(MIB);
      const before = filesOf(server, 'content').length;
      const answers = await send(
        Array.from({ length: 6 }, () => content),
        'race-same.pkg',
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
      expect(new Set(answers.map(({ body }) => body['uuid'])).size).toBe(1);
      expect(filesOf(server, 'content').length).toBe(before + 1);
    });

    it('with different contents: one wins, the others are refused, and the winner is served', async () => {
      const contents = Array.from({ length: 6 }, () => randomBytes(MIB));
      const before = filesOf(server, 'content').length;
      const answers = await send(contents, 'race-different.pkg');
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      const winner = contents[answers.findIndex(({ status }) => status === 201)]!;
      expect((await server.downloaded('race-different.pkg')).equals(winner)).toBe(true);
      expect(filesOf(server, 'content').length).toBe(before + 1);
    });
  });

  describe('that does not come to its end', () => {
    it('leaves nothing behind when the line is cut', async () => {
      const call = await RawUpload.begin(server, 'cut.pkg', { announced: 5 * MIB });
      await call.send(Buffer.alloc(3 * MIB));
      await eventually(() => expect(filesOf(server, 'staging')).toHaveLength(1));
      call.cut();
      await eventually(() => expect(filesOf(server, 'staging')).toEqual([]));
      expect((await server.api('GET', '/api/admin/packages/cut.pkg')).status).toBe(404);
    });

    it('is cut when nothing arrives any more', async () => {
      const call = await RawUpload.begin(server, 'silent.pkg', { announced: 5 * MIB });
      await call.send(Buffer.alloc(MIB));
      expect(await call.answer()).toMatchObject({ status: 408, body: { type: 'urn:ods:problem:upload-stalled' } });
      call.cut();
    });

    it('is not taken for dead while its sender is slow: its file is touched', async () => {
      const call = await RawUpload.begin(server, 'slow.pkg', {});
      const until = Date.now() + 7_000; // longer than what is swept
      while (Date.now() < until) {
        await call.send(Buffer.from('x'));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await server.ok('GET', '/api/admin/about');
      call.end();
      expect((await call.answer()).status).toBe(201);
    });
  });

  it('needs the role of a publisher', async () => {
    const form = new FormData();
    form.set('file', new Blob(['x']), 'anonymous.pkg');
    const response = await fetch(`${server.url}/api/admin/upload`, { method: 'POST', body: form });
    expect(response.status).toBe(401);
  });
});
