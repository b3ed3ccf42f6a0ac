import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import type { BodySink } from '#libs/registration/body-sink.js';
import { blockHash, blockLength } from '#libs/replication/blocks.js';
import type { BlockRange } from '#libs/replication/fetch-plan.js';

export interface BlockSinkOptions {
  readonly size: number;
  readonly manifest: Buffer;
  readonly range: BlockRange;
  readonly writer: BlockWriter;
  /** Told for each block, in order, whether it was right. */
  readonly onBlock: (index: number, isRight: boolean) => void;
  /** Waits until that many bytes may have come; answers whether anything limits them. */
  readonly hold: (bytes: number) => Promise<boolean>;
}

/** Where nothing limits the bandwidth, a new limit is looked for this often, in milliseconds: a fast line brings thousands of pieces a second. */
const FREE_MS = 100;
/** What is taken at once where something does. */
const LIMITED_BYTES = 65_536;

/** Takes a range of blocks as it comes: each is checked and written at its place as soon as it is complete. */
export class BlockSink implements BodySink {
  private readonly written: Promise<void>[] = [];
  private index: number;
  private at = 0;
  private buffer: Uint8Array | null = null;
  private held: Promise<void> | undefined;
  private isLimited = false;
  private freeUntilMs = 0;

  constructor(private readonly options: BlockSinkOptions) {
    this.index = options.range.first;
  }

  get isFull(): boolean {
    return this.index === this.options.range.first + this.options.range.count;
  }

  room(): Uint8Array | null {
    if (this.held || this.isFull) return null;
    this.buffer ??= this.options.writer.takeNow();
    return this.buffer?.subarray(this.at, this.isLimited ? Math.min(this.wanted, this.at + LIMITED_BYTES) : this.wanted) ?? null;
  }

  filled(count: number): void {
    this.at += count;
    if (this.at === this.wanted) this.settle();
    if (performance.now() >= this.freeUntilMs) this.hold(count);
  }

  async ready(): Promise<void> {
    await this.held;
    this.buffer ??= await this.options.writer.take();
  }

  /** Resolves when what has come whole is written, or was wrong; rejects when the disk refuses. Nothing may come any more. */
  async close(): Promise<void> {
    if (this.buffer) this.options.writer.giveBack(this.buffer);
    this.buffer = null;
    await Promise.all(this.written);
  }

  private get wanted(): number {
    return blockLength(this.options.size, this.index);
  }

  private settle(): void {
    const write = this.write(this.index, this.buffer!, this.wanted);
    write.catch(() => undefined); // it may fail while the next piece is waited for; `close` looks at it
    this.written.push(write);
    this.buffer = null;
    this.at = 0;
    this.index += 1;
  }

  private async write(index: number, buffer: Uint8Array, length: number): Promise<void> {
    const { writer, manifest, onBlock } = this.options;
    onBlock(index, await writer.write(index, buffer, length, blockHash(manifest, index)));
  }

  private hold(count: number): void {
    this.held = this.options.hold(count).then((isLimited) => {
      this.held = undefined;
      this.isLimited = isLimited;
      if (!isLimited) this.freeUntilMs = performance.now() + FREE_MS;
    });
    this.held.catch(() => undefined); // `ready` tells
  }
}
