import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { StagingParts } from '#libs/platform/storage/staging-parts.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { PartialBlocks, PartLost } from './partial-blocks.js';

const SIZE = 2 * BLOCK_BYTES + 10_000;

describe('blocks that have come in part', () => {
  let directory: string;
  const files = (): string[] => readdirSync(directory).sort();
  const parts = (): StagingParts => new StagingParts(directory, 'transfer-x');
  const open = (...verified: number[]): Promise<PartialBlocks> => PartialBlocks.open(parts(), SIZE, (index) => verified.includes(index));
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'parts-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const bring = async (blocks: PartialBlocks, index: number, source: string, bytes: Buffer): Promise<void> => {
    const block = blocks.begin(index, source, false)!;
    block.show(bytes);
    await blocks.pause(block);
  };

  it('go on where they were, after a cut and after a start of the process, with the same bytes', async () => {
    const [first, whole] = [randomBytes(10_000), Buffer.alloc(20_000)];
    const blocks = await open();
    await bring(blocks, 0, 'a', first);
    const again = blocks.begin(0, 'b', false)!;
    expect([again.offset, again.isMixed]).toEqual([10_000, true]);
    await again.load(whole);
    expect(whole.subarray(0, 10_000).equals(first)).toBe(true);
    whole.set(randomBytes(10_000), 10_000);
    again.show(whole);
    await blocks.pause(again);
    const restarted = (await open()).begin(0, 'c', false)!;
    const into = Buffer.alloc(20_000);
    await restarted.load(into);
    expect([restarted.offset, into.equals(whole)]).toEqual([20_000, true]);
  });

  it('are written down while they come, unless they come fast', async () => {
    const blocks = await open();
    const block = blocks.begin(1, 'a', false)!;
    block.show(randomBytes(50_000));
    await blocks.save();
    expect(files()).toEqual([]);
    await block.save();
    expect([files(), (await open()).has(1), blocks.bytes]).toEqual([['transfer-x-p1'], true, 50_000]);
  });

  it('leave nothing behind when they are whole, verified by another, or hardly begun', async () => {
    const blocks = await open();
    await bring(blocks, 0, 'a', randomBytes(100));
    await bring(blocks, 1, 'a', randomBytes(50_000));
    await blocks.end(blocks.begin(1, 'a', false)!, true);
    expect([files(), blocks.bytes]).toEqual([[], 0]);
    await bring(await open(), 1, 'a', randomBytes(50_000));
    expect([(await open(1)).has(1), files()]).toEqual([false, []]);
  });

  it('come from one connection at a time, and from their beginning when that was asked for', async () => {
    const blocks = await open();
    await bring(blocks, 0, 'a', randomBytes(50_000));
    const whole = blocks.begin(0, 'b', true)!;
    expect([whole.offset, whole.isMixed, blocks.begin(0, 'c', false)]).toEqual([0, false, null]);
  });

  it('come from one server only after they were wrong and of several, so that the one that lies is found', async () => {
    const blocks = await open();
    await bring(blocks, 0, 'liar', randomBytes(50_000));
    const mixed = blocks.begin(0, 'honest', false)!;
    expect(mixed.isMixed).toBe(true);
    await blocks.end(mixed, false);
    await bring(blocks, 0, 'liar', randomBytes(60_000));
    expect(blocks.begin(0, 'honest', false)).toMatchObject({ offset: 0, isMixed: false });
  });

  it('are not believed when their file is shorter than it was', async () => {
    const blocks = await open();
    await bring(blocks, 0, 'a', randomBytes(50_000));
    truncateSync(path.join(directory, 'transfer-x-p0'), 10_000);
    const block = blocks.begin(0, 'a', false)!;
    await expect(block.load(Buffer.alloc(BLOCK_BYTES))).rejects.toThrow(PartLost);
  });
});
