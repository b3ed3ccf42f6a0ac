import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import type { StagingFile } from './package-store.js';
import type { Written } from './write-all.js';

/** The staging file has fewer bytes than were known to be in it. */
export class StagingCutShort extends Error {
  override readonly name = 'StagingCutShort';
}

/**
 * Grows one staging file by as many pieces as it takes, over many requests and over restarts. It is hashed in the same pass;
 * only what an earlier process wrote is read again, while the next bytes arrive.
 */
export class AppendWriter {
  private readonly outstanding = new Set<Promise<unknown>>();
  private buffer: Uint8Array | undefined;
  private filled = 0;
  private index: number;
  private adoption: Promise<void> = Promise.resolve();

  private constructor(
    private readonly staging: StagingFile,
    private bytes: number,
  ) {
    this.index = Math.floor(bytes / BLOCK_BYTES);
  }

  /** Continues behind the first `bytes` of the file, which are known to be right. Throws StagingCutShort. */
  static async open(staging: StagingFile, bytes: number): Promise<AppendWriter> {
    const writer = new AppendWriter(staging, bytes);
    await writer.readTail(bytes % BLOCK_BYTES);
    writer.adoption = writer.adopt(writer.index);
    writer.adoption.catch(() => undefined); // reported by `finish`
    return writer;
  }

  /** What the file has, in bytes. */
  get size(): number {
    return this.bytes;
  }

  /** Resolves when the piece was taken over; waits while the disk is slower than the sender. */
  async append(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length;) {
      if (this.filled === BLOCK_BYTES) this.flush();
      const buffer = (this.buffer ??= await this.staging.writer.take());
      const count = Math.min(BLOCK_BYTES - this.filled, piece.length - at);
      buffer.set(piece.subarray(at, at + count), this.filled);
      this.filled += count;
      this.bytes += count;
      at += count;
    }
  }

  /** Resolves when everything that was appended is on the disk. */
  async settle(): Promise<void> {
    await Promise.all(this.outstanding);
    for (let done = 0; this.buffer && done < this.filled;) {
      const at = this.index * BLOCK_BYTES + done;
      done += (await this.staging.handle.write(this.buffer, done, this.filled - done, at)).bytesWritten;
    }
    await this.staging.handle.datasync();
  }

  /** The file is whole: its hashes. Nothing can be appended any more. */
  async finish(): Promise<Written> {
    if (this.filled > 0) this.flush();
    await Promise.all(this.outstanding);
    await this.adoption;
    const { writer } = this.staging;
    return { size: this.bytes, ...(await writer.finish()), manifest: writer.manifest(), root: writer.root() };
  }

  /** Lets go of the file; it stays in staging. */
  close(): Promise<void> {
    return this.staging.close();
  }

  private flush(): void {
    const written = this.staging.writer.write(this.index, this.buffer!, this.filled).finally(() => this.outstanding.delete(written));
    written.catch(() => undefined); // also fails the next `take`, and `settle` and `finish`
    this.outstanding.add(written);
    this.buffer = undefined;
    this.filled = 0;
    this.index += 1;
  }

  /** The block that is not full yet stays in memory until it is. */
  private async readTail(length: number): Promise<void> {
    if (length === 0) return;
    const buffer = (this.buffer = await this.staging.writer.take());
    while (this.filled < length) {
      const at = this.index * BLOCK_BYTES + this.filled;
      const { bytesRead } = await this.staging.handle.read(buffer, this.filled, length - this.filled, at);
      if (bytesRead === 0) throw new StagingCutShort(`The file ends before byte ${at + length - this.filled}.`);
      this.filled += bytesRead;
    }
  }

  /** One block at a time, so that what arrives now is not kept waiting. */
  private async adopt(blocks: number): Promise<void> {
    for (let index = 0; index < blocks; index += 1) {
      if (!(await this.staging.writer.recheck(index, BLOCK_BYTES, null))) throw new StagingCutShort(`Block ${index} is missing.`);
    }
  }
}
