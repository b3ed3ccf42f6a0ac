import { Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { ContentReadFailed, readPart } from '#libs/platform/http/file-body.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { Throttle } from '../limits/throttle.js';
import { BLOCK_BYTES, blockCount, blockLength, BlockMap } from '#libs/replication/blocks.js';

/** A block that takes longer than this comes over a slow line, in milliseconds. */
const SLOW_BLOCK_MS = 3_000;

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
    const handle = await this.open(content.uuid);
    try {
      await this.sendAll(missing, (index) => this.send(peer, content, handle, index, signal));
    } finally {
      await handle.close();
    }
  }

  private async open(uuid: string): Promise<FileHandle> {
    try {
      return await this.store.open(uuid);
    } catch (error) {
      throw new ContentReadFailed(error);
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

  /** The first failure ends all. The first block goes alone: a line on which it takes long gains nothing by several at a time, and each would take longer than a call may. */
  private async sendAll(blocks: readonly number[], send: (index: number) => Promise<void>): Promise<void> {
    const [first, ...others] = blocks;
    if (first === undefined) return;
    const begunMs = performance.now();
    await send(first);
    const isSlow = performance.now() - begunMs > SLOW_BLOCK_MS;
    let next = 0;
    const lanes = Array.from({ length: isSlow ? 1 : this.config.get('TRANSFER_CONNECTIONS') }, async () => {
      try {
        while (next < others.length) await send(others[next++]!);
      } catch (error) {
        next = others.length;
        throw error;
      }
    });
    const ends = await Promise.allSettled(lanes); // the file is closed after it: no lane may still read it
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async send(peer: Peer, { uuid, size }: Content, handle: FileHandle, index: number, signal: AbortSignal): Promise<void> {
    const bytes = Buffer.allocUnsafe(blockLength(size, index));
    const bytesRead = await readPart(handle, bytes, bytes.length, index * BLOCK_BYTES);
    if (bytesRead < bytes.length) throw new ContentReadFailed();
    await this.throttle.take('upload', peer.iss, bytesRead, signal);
    await this.client.json(peer, 'PUT', `/api/ods/packages/${uuid}/blocks/${index}`, { bytes: bytes.subarray(0, bytesRead), signal });
  }
}
