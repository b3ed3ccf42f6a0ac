import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import type { BodySink } from '#libs/peers/client/body-sink.js';
import type { BlockList } from '#libs/replication/block-list.js';
import { blockLength } from '#libs/replication/blocks.js';
import type { BlockRange } from '#libs/replication/fetch-plan.js';
import type { GrowingBlock, PartialBlocks } from './partial-blocks.js';

export interface BlockSinkOptions {
  readonly size: number;
  readonly list: BlockList;
  readonly range: BlockRange;
  readonly writer: BlockWriter;
  readonly parts: PartialBlocks;
  /** ISS ID of the server that gives them. */
  readonly source: string;
  /** Called for each piece with its block and its length in bytes; 0 when our own limits let the next one through. */
  readonly onBytes: (index: number, count: number) => void;
  /** Called for each block, in order: whether it was right, and whether all of it came from this source. */
  readonly onBlock: (index: number, isRight: boolean, isOfOneSource: boolean) => void;
  /** Waits until that many bytes may have come; answers how many may come at a time, Infinity where nothing limits them. */
  readonly hold: (bytes: number) => Promise<number>;
}

/** Where nothing limits the bandwidth, a new limit is looked for this often, in milliseconds: a fast line brings thousands of pieces a second. */
const FREE_MS = 100;

/**
 * Takes a range of blocks as it comes: each is checked and written at its place as soon as it is complete. Of the first block it takes
 * only what has not come before, and of one that is cut off it keeps what has come.
 */
export class BlockSink implements BodySink {
  private readonly written: Promise<void>[] = [];
  private index: number;
  private block: GrowingBlock | null;
  private at: number;
  private isLoaded: boolean;
  private isLost = false;
  private buffer: Uint8Array | null = null;
  private held: Promise<void> | undefined;
  private pieceBytes = Infinity;
  private freeUntilMs = 0;

  constructor(private readonly options: BlockSinkOptions) {
    this.index = options.range.first;
    this.block = options.parts.begin(this.index, options.source, false);
    this.at = this.block?.offset ?? 0;
    this.isLoaded = this.at === 0;
  }

  /** Bytes of the first block that need not come. */
  get offset(): number {
    return this.block?.offset ?? 0;
  }

  get isFull(): boolean {
    return this.index === this.options.range.first + this.options.range.count;
  }

  room(): Uint8Array | null {
    if (this.held || this.isFull || !this.isLoaded) return null;
    this.buffer ??= this.options.writer.takeNow();
    return this.buffer?.subarray(this.at, Math.min(this.wanted, this.at + this.pieceBytes)) ?? null;
  }

  filled(count: number): void {
    this.at += count;
    this.block?.show(this.buffer!.subarray(0, this.at));
    this.options.onBytes(this.index, count);
    if (this.at === this.wanted) this.settle();
    if (performance.now() >= this.freeUntilMs) this.hold(count);
  }

  async ready(): Promise<void> {
    await this.held;
    this.buffer ??= await this.options.writer.take();
    if (!this.isLoaded) await this.load(this.buffer);
  }

  /** Resolves when what has come whole is written, or was wrong, and the rest is kept; rejects when the disk refuses. Nothing may come any more. */
  async close(): Promise<void> {
    if (this.block) await (this.isLost ? this.options.parts.drop(this.block) : this.options.parts.pause(this.block));
    if (this.buffer) this.options.writer.giveBack(this.buffer);
    [this.block, this.buffer] = [null, null];
    await Promise.all(this.written);
  }

  private get wanted(): number {
    return blockLength(this.options.size, this.index);
  }

  private async load(buffer: Uint8Array): Promise<void> {
    try {
      await this.block?.load(buffer);
      this.isLoaded = true;
    } catch (error) {
      this.isLost = true;
      throw error;
    }
  }

  private settle(): void {
    const write = this.write(this.index, this.buffer!, this.wanted, this.block);
    write.catch(() => undefined); // it may fail while the next piece is waited for; `close` sees it
    this.written.push(write);
    this.buffer = null;
    this.at = 0;
    this.index += 1;
    this.block = this.isFull ? null : this.options.parts.begin(this.index, this.options.source, true);
  }

  private async write(index: number, buffer: Uint8Array, length: number, block: GrowingBlock | null): Promise<void> {
    const { writer, list, parts, onBlock } = this.options;
    block?.show(buffer.subarray(0, 0)); // the memory may be another block's from here on
    const isRight = await writer.write(index, buffer, length, list.hash(index));
    const isOfOneSource = !block?.isMixed;
    if (block) await parts.end(block, isRight);
    onBlock(index, isRight, isOfOneSource);
  }

  private hold(count: number): void {
    this.held = this.options.hold(count).then((pieceBytes) => {
      this.held = undefined;
      this.options.onBytes(this.index, 0);
      this.pieceBytes = pieceBytes;
      if (pieceBytes === Infinity) this.freeUntilMs = performance.now() + FREE_MS;
    });
    this.held.catch(() => undefined); // `ready` rejects with it
  }
}
