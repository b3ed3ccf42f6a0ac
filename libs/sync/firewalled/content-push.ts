import { Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { Throttle } from '../throttle.js';
import { BLOCK_BYTES, blockCount, blockLength, BlockMap } from '#libs/replication/blocks.js';

interface WirePlan {
  readonly bitmap?: unknown;
  readonly manifest?: unknown;
}

/** Sends what a peer lacks of one content, block by block, several at a time (MESH §7). */
@Injectable()
export class ContentPush {
  constructor(
    private readonly client: PeerClient,
    private readonly throttle: Throttle,
    private readonly store: PackageStore,
    private readonly config: Config,
  ) {}

  async run(peer: Peer, content: Content, manifest: Buffer, signal: AbortSignal): Promise<void> {
    const missing = await this.plan(peer, content, manifest, signal);
    const handle = await this.store.open(content.uuid);
    try {
      await this.sendAll(missing, (index) => this.send(peer, content, handle, index, signal));
    } finally {
      await handle.close();
    }
  }

  /** The blocks that the peer lacks. A single one is quicker sent than asked for. */
  private async plan(peer: Peer, { uuid, size }: Content, manifest: Buffer, signal: AbortSignal): Promise<number[]> {
    const count = blockCount(size);
    if (count <= 1) return [0].slice(0, count);
    const path = `/api/ods/packages/${uuid}`;
    const plan = (await this.client.json(peer, 'GET', `${path}/push`, { signal })) as WirePlan | null;
    if (plan?.manifest !== true) await this.client.json(peer, 'PUT', `${path}/manifest`, { bytes: manifest, signal });
    const here = BlockMap.from(count, typeof plan?.bitmap === 'string' ? Buffer.from(plan.bitmap, 'base64') : null);
    return Array.from({ length: count }, (_, index) => index).filter((index) => !here.has(index));
  }

  /** The first failure ends all. */
  private async sendAll(blocks: readonly number[], send: (index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const lanes = Array.from({ length: this.config.get('TRANSFER_CONNECTIONS') }, async () => {
      try {
        while (next < blocks.length) await send(blocks[next++]!);
      } catch (error) {
        next = blocks.length;
        throw error;
      }
    });
    const ends = await Promise.allSettled(lanes); // the file is closed after it: nobody must be reading any more
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async send(peer: Peer, { uuid, size }: Content, handle: FileHandle, index: number, signal: AbortSignal): Promise<void> {
    const bytes = Buffer.allocUnsafe(blockLength(size, index));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, index * BLOCK_BYTES);
    await this.throttle.take('upload', peer.iss, bytesRead, signal);
    await this.client.json(peer, 'PUT', `/api/ods/packages/${uuid}/blocks/${index}`, { bytes: bytes.subarray(0, bytesRead), signal });
  }
}
