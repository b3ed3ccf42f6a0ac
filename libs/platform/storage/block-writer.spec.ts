import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { eventually } from '../../../test/support/eventually.js';
import { scratchDir } from '../../../test/support/services.js';
import { blockDigest } from '#libs/platform/crypto/block-digest.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { rootOf } from '#libs/replication/content-root.js';
import { BlockWriter } from './block-writer.js';
import { HashPool } from './hash-pool.js';
import { writeAll } from './write-all.js';

const sha1 = (data: Uint8Array): Buffer => createHash('sha1').update(data).digest();
const hex = (algorithm: string, data: Uint8Array): string => createHash(algorithm).update(data).digest('hex');
const blocksOf = (data: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(data.length / BLOCK_BYTES) }, (_, index) => data.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));

describe('BlockWriter', () => {
  const pool = new HashPool();
  const opened: FileHandle[] = [];
  let file: string;

  beforeEach(() => {
    file = path.join(scratchDir('blocks'), 'file');
  });
  afterEach(() => Promise.all(opened.splice(0).map((handle) => handle.close().catch(() => undefined))));
  afterAll(() => pool.onApplicationShutdown());

  async function writerOf(flags = 'w+'): Promise<{ writer: BlockWriter; handle: FileHandle }> {
    const handle = await open(file, flags);
    opened.push(handle);
    return { writer: new BlockWriter(pool, handle), handle };
  }

  async function put(writer: BlockWriter, index: number, data: Buffer, expected: Buffer | null = null): Promise<boolean> {
    const buffer = await writer.take();
    buffer.set(data);
    return writer.write(index, buffer, data.length, expected);
  }

  it.each([
    ['nothing', 0],
    ['one byte', 1],
    ['a whole block', BLOCK_BYTES],
    ['a block and a byte', BLOCK_BYTES + 1],
    ['more than all buffers', 20 * BLOCK_BYTES + 12_345],
  ])('writes and hashes %s in one pass', async (_what, size) => {
    const data = randomBytes(size);
    const { writer } = await writerOf();
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < data.length; at += 99_991) yield data.subarray(at, at + 99_991);
      await Promise.resolve();
    }
    const written = await writeAll(Readable.from(pieces()), writer, () => undefined);
    await writer.close();
    expect(written).toEqual({
      size,
      sha1: hex('sha1', data),
      sha256: hex('sha256', data),
      manifest: Buffer.concat(blocksOf(data).map(sha1)),
      root: rootOf('blake3', size, Buffer.concat(blocksOf(data).map((block) => blockDigest('blake3', block)))),
    });
    expect((await readFile(file)).equals(data)).toBe(true);
  });

  it('takes blocks in any order and knows the hashes of the whole', async () => {
    const data = randomBytes(9 * BLOCK_BYTES + 7);
    const { writer } = await writerOf();
    for (const index of [9, 3, 0, 8, 1, 2, 5, 4, 7, 6]) await put(writer, index, blocksOf(data)[index]!);
    expect(await writer.finish()).toEqual({ sha1: hex('sha1', data), sha256: hex('sha256', data) });
    expect(writer.manifest().equals(Buffer.concat(blocksOf(data).map(sha1)))).toBe(true);
    await writer.close();
    expect((await readFile(file)).equals(data)).toBe(true);
  });

  it('writes nothing of a block that is not what was expected, and takes the right one after it', async () => {
    const data = randomBytes(1_000);
    const { writer } = await writerOf();
    expect(await put(writer, 0, randomBytes(1_000), sha1(data))).toBe(false);
    expect((await readFile(file)).length).toBe(0);
    expect(await put(writer, 0, data, sha1(data))).toBe(true);
    expect(await writer.finish()).toEqual({ sha1: hex('sha1', data), sha256: hex('sha256', data) });
    await writer.close();
  });

  it('does not finish while a block in the middle is missing', async () => {
    const { writer } = await writerOf();
    await put(writer, 1, randomBytes(10));
    await expect(writer.finish()).rejects.toThrow(/missing/);
    await writer.close();
  });

  it('verifies again what an earlier process wrote, and continues from there', async () => {
    const data = randomBytes(3 * BLOCK_BYTES + 5);
    const first = await writerOf();
    for (const index of [0, 2]) await put(first.writer, index, blocksOf(data)[index]!);
    await put(first.writer, 1, randomBytes(BLOCK_BYTES)); // claims to be right, and is not
    await first.writer.close();

    const { writer } = await writerOf('r+');
    const list = Buffer.concat(blocksOf(data).map(sha1));
    const expected = (index: number) => list.subarray(index * 20, index * 20 + 20);
    expect(await writer.recheck(0, BLOCK_BYTES, expected(0))).toBe(true);
    expect(await writer.recheck(1, BLOCK_BYTES, expected(1))).toBe(false);
    expect(await writer.recheck(2, BLOCK_BYTES, expected(2))).toBe(true);
    expect(await writer.recheck(3, 5, expected(3))).toBe(false); // the file is too short for it
    for (const index of [3, 1]) expect(await put(writer, index, blocksOf(data)[index]!, expected(index))).toBe(true);
    expect(await writer.finish()).toEqual({ sha1: hex('sha1', data), sha256: hex('sha256', data) });
    expect(writer.manifest().equals(list)).toBe(true);
    await writer.close();
  });

  it.each(['blake3', 'sha256'] as const)(
    'checks blocks against a block list of %s, in any order, and hashes nothing else',
    async (algorithm) => {
      const data = randomBytes(4 * BLOCK_BYTES + 11);
      const list = blocksOf(data).map((block) => blockDigest(algorithm, block));
      const handle = await open(file, 'w+');
      opened.push(handle);
      const writer = new BlockWriter(pool, handle, { algorithm, sha1: false, whole: false });
      expect(await put(writer, 2, randomBytes(BLOCK_BYTES), list[2])).toBe(false);
      for (const index of [4, 2, 0, 3, 1]) expect(await put(writer, index, blocksOf(data)[index]!, list[index])).toBe(true);
      expect(writer.root()).toEqual(rootOf(algorithm, data.length, Buffer.concat(list)));
      await expect(writer.finish()).rejects.toThrow('not hashed');
      await writer.close();
      expect((await readFile(file)).equals(data)).toBe(true);
    },
  );

  it('lends twelve buffers and makes the thirteenth taker wait for one to come back', async () => {
    const { writer } = await writerOf();
    const taken = await Promise.all(Array.from({ length: 12 }, () => writer.take()));
    let hasMore = false;
    const next = writer.take().then(() => (hasMore = true));
    await writer.recheck(0, 1, Buffer.alloc(20)); // a round trip to the thread
    expect(hasMore).toBe(false);
    writer.giveBack(taken[0]!);
    await next;
    await writer.close();
  });

  describe('when the disk refuses', () => {
    beforeEach(() => writeFile(file, Buffer.alloc(BLOCK_BYTES)));

    it('fails the write, the takers that wait and everything after it with the code of the disk', async () => {
      const { writer } = await writerOf('r'); // a descriptor that cannot be written
      const buffers = await Promise.all(Array.from({ length: 12 }, () => writer.take()));
      const waiting = expect(writer.take()).rejects.toMatchObject({ code: 'EBADF' });
      await expect(writer.write(0, buffers[0]!, 10)).rejects.toMatchObject({ name: 'BlockWriteFailed', code: 'EBADF' });
      await waiting;
      await expect(writer.take()).rejects.toMatchObject({ code: 'EBADF' });
      await expect(writer.write(1, buffers[1]!, 10)).rejects.toMatchObject({ code: 'EBADF' });
      await writer.close();
    });

    it('never writes to the file that is opened next: descriptors have the same numbers again', async () => {
      const { writer, handle } = await writerOf('r');
      const buffers = await Promise.all(Array.from({ length: 12 }, () => writer.take()));
      const ignore = () => undefined;
      const first = writer.write(0, buffers[0]!, 1).catch(ignore);
      const busy = Array.from({ length: 100 }, () => writer.recheck(0, BLOCK_BYTES, Buffer.alloc(20)).catch(ignore));
      const writes = [...busy, ...buffers.slice(1).map((buffer, index) => writer.write(index, buffer, BLOCK_BYTES).catch(ignore))];
      await first; // it has failed; the others are still on their way to the thread
      await writer.close();
      const { fd } = handle;
      await handle.close();
      const other = `${file}-other`;
      let innocent = await open(other, 'w+');
      opened.push(innocent);
      // The system gives out the lowest free number; something else may have freed a lower one meanwhile.
      while (innocent.fd < fd) opened.push((innocent = await open(other, 'w+')));
      expect(innocent.fd).toBe(fd);
      await Promise.all(writes);
      // More sessions than threads: each thread is past everything that was asked before.
      const later = await Promise.all(Array.from({ length: 8 }, async () => (await writerOf('r')).writer));
      await Promise.all(later.map((each) => each.recheck(0, 1, Buffer.alloc(20))));
      await Promise.all(later.map((each) => each.close()));
      expect((await readFile(other)).length).toBe(0);
    });
  });

  it('takes nothing after it was closed', async () => {
    const { writer } = await writerOf();
    const buffer = await writer.take();
    await writer.close();
    await writer.close();
    await expect(writer.take()).rejects.toThrow(/closed/);
    await expect(writer.write(0, buffer, 1)).rejects.toThrow(/closed/);
  });

  it('fails what was under way when its thread ends, and starts another for the next file', async () => {
    const own = new HashPool();
    const handle = await open(file, 'w+');
    opened.push(handle);
    const writer = new BlockWriter(own, handle);
    const buffers = await Promise.all(Array.from({ length: 12 }, () => writer.take()));
    const writes = Promise.allSettled(buffers.map((buffer, index) => writer.write(index, buffer, BLOCK_BYTES)));
    await own.onApplicationShutdown();
    expect((await writes).some(({ status }) => status === 'rejected')).toBe(true);
    await writer.close();
    const next = new BlockWriter(own, handle);
    expect(await put(next, 0, Buffer.from('fine'))).toBe(true);
    await next.close();
    await own.onApplicationShutdown();
  });

  it('serves many files at a time without mixing them', async () => {
    const files = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const handle = await open(`${file}-${index}`, 'w+');
        opened.push(handle);
        return { data: randomBytes(3 * BLOCK_BYTES + index), writer: new BlockWriter(pool, handle), name: `${file}-${index}` };
      }),
    );
    await Promise.all(
      files.map(async ({ data, writer }) => {
        await Promise.all([3, 1, 0, 2].map((index) => put(writer, index, blocksOf(data)[index] ?? Buffer.alloc(0))));
        expect((await writer.finish()).sha256).toBe(hex('sha256', data));
        await writer.close();
      }),
    );
    for (const { data, name } of files) await eventually(async () => expect((await readFile(name)).equals(data)).toBe(true));
  });
});
