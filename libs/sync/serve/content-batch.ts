import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { DamagedContents } from '#libs/packages/integrity/damaged-contents.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { TransitCopies } from '../transit/transit-copies.js';
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
    private readonly damaged: DamagedContents,
    private readonly transit: TransitCopies,
  ) {}

  async stream(uuids: readonly string[]): Promise<Readable> {
    const rows = await this.contents.findSmall(uuids, BLOCK_BYTES);
    await this.transit.askedFor(rows.filter(({ state }) => state === 'absent').map(({ uuid }) => uuid));
    const held = rows.filter(({ state }) => statesOnDisk.includes(state));
    return Readable.from(this.frames(held), { objectMode: false, highWaterMark: BLOCK_BYTES });
  }

  private async *frames(held: readonly { readonly uuid: string; readonly size: number }[]): AsyncGenerator<Buffer> {
    for (const { uuid, size } of held) {
      const bytes = await this.read(uuid, size);
      if (bytes) yield Buffer.concat([frameHead(uuid, size), bytes]);
    }
  }

  /** Null when it went since it was looked up, or cannot be read: then this server no longer claims to have it. */
  private async read(uuid: string, size: number): Promise<Buffer | null> {
    let fault: unknown;
    try {
      const handle = await this.store.open(uuid);
      try {
        const bytes = await handle.readFile();
        if (bytes.length === size) return bytes;
      } finally {
        await handle.close();
      }
    } catch (error) {
      fault = error;
    }
    await this.damaged.readFailed(uuid, fault);
    return null;
  }
}
