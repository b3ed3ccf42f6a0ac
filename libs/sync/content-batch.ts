import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { frameHead } from './content-frames.js';

/** Contents of one batch: their names have to fit into a URL. */
export const BATCH_LIMIT = 64;
/** Bytes of one batch: whoever asked holds them in memory. */
export const BATCH_BYTES = 8 * BLOCK_BYTES;

/** Gives peers many small contents in one answer. What is not here, or not small, is left out. */
@Injectable()
export class ContentBatch {
  constructor(
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
  ) {}

  async stream(uuids: readonly string[]): Promise<Readable> {
    const rows = await this.contents.findSmall(uuids, BLOCK_BYTES);
    const held = rows.filter(({ state }) => statesOnDisk.includes(state));
    return Readable.from(this.frames(held), { objectMode: false, highWaterMark: BLOCK_BYTES });
  }

  private async *frames(held: readonly { readonly uuid: string; readonly size: number }[]): AsyncGenerator<Buffer> {
    for (const { uuid, size } of held) {
      const bytes = await this.read(uuid);
      if (bytes?.length === size) yield Buffer.concat([frameHead(uuid, size), bytes]);
    }
  }

  /** Null when it went since it was looked up. */
  private async read(uuid: string): Promise<Buffer | null> {
    try {
      const handle = await this.store.open(uuid);
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}
