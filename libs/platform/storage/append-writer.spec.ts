import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { AppendWriter, StagingCutShort } from './append-writer.js';
import { BlockWriter } from './block-writer.js';
import { HashPool } from './hash-pool.js';

const MB = BLOCK_BYTES;
const digest = (algorithm: string, data: Buffer): string => createHash(algorithm).update(data).digest('hex');

describe('AppendWriter', () => {
  let directory: string;
  let file: string;
  let pool: HashPool;
  const opened: AppendWriter[] = [];
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'ods-append-'));
    file = path.join(directory, 'staged');
    pool = new HashPool();
  });
  afterEach(async () => {
    for (const writer of opened.splice(0)) await writer.close();
    await pool.onApplicationShutdown();
    rmSync(directory, { recursive: true });
  });

  async function openAt(bytes: number): Promise<AppendWriter> {
    const handle = await open(file, bytes === 0 ? 'w+' : 'r+');
    const writer = new BlockWriter(pool, handle);
    const staging = { handle, writer, close: async () => (await writer.close(), handle.close()) };
    try {
      const append = await AppendWriter.open(staging, bytes);
      opened.push(append);
      return append;
    } catch (error) {
      await staging.close();
      throw error;
    }
  }

  async function expectWhole(writer: AppendWriter, content: Buffer): Promise<void> {
    const { size, sha1, sha256, manifest } = await writer.finish();
    expect({ size, sha1, sha256 }).toEqual({ size: content.length, sha1: digest('sha1', content), sha256: digest('sha256', content) });
    const blocks = Array.from({ length: Math.ceil(content.length / MB) }, (_, index) => content.subarray(index * MB, (index + 1) * MB));
    expect(manifest.toString('hex')).toBe(blocks.map((block) => digest('sha1', block)).join(''));
    expect((await readFile(file)).equals(content)).toBe(true);
  }

  it.each([
    ['nothing', []],
    ['one byte', [1]],
    ['a block', [MB]],
    ['a block and a byte', [MB, 1]],
    ['pieces that end anywhere', [3, MB - 3, 2 * MB + 17, 65_536, 1]],
  ])('hashes %s as it is appended', async (_name, sizes) => {
    const pieces = sizes.map((size) => randomBytes(size));
    const writer = await openAt(0);
    for (const piece of pieces) {
      await writer.append(piece);
      await writer.settle();
      expect(await readFile(file)).toHaveLength(writer.size);
    }
    await expectWhole(writer, Buffer.concat(pieces));
  });

  it.each([1, MB - 1, MB, MB + 1, 5 * MB, 5 * MB + 123])('continues after %i bytes of an earlier process', async (cut) => {
    const content = randomBytes(9 * MB + 77);
    const first = await openAt(0);
    await first.append(content.subarray(0, cut));
    await first.settle();
    await first.append(content.subarray(cut, cut + 1_000)); // written or not: never acknowledged
    const second = await openAt(cut);
    expect(second.size).toBe(cut);
    await second.append(content.subarray(cut));
    await expectWhole(second, content);
  });

  it('does not take a file for whole that lost bytes', async () => {
    const content = randomBytes(3 * MB + 9);
    const first = await openAt(0);
    await first.append(content);
    await first.settle();
    await truncate(file, 3 * MB + 5);
    await expect(openAt(content.length)).rejects.toThrow(StagingCutShort);
    await truncate(file, MB);
    const second = await openAt(3 * MB);
    await expect(second.finish()).rejects.toThrow(StagingCutShort);
  });

  it('says when the disk refuses', async () => {
    const handle = await open('/dev/full', 'w');
    const blocks = new BlockWriter(pool, handle);
    const writer = await AppendWriter.open({ handle, writer: blocks, close: async () => (await blocks.close(), handle.close()) }, 0);
    opened.push(writer);
    await writer.append(randomBytes(10));
    await expect(writer.settle()).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
