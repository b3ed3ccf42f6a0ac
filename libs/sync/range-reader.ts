import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerUnreachable } from '#libs/registration/registration.errors.js';
import { BLOCK_BYTES, blockHash, blockLength } from '#libs/replication/blocks.js';
import type { BlockRange } from '#libs/replication/fetch-plan.js';
import { Throttle } from './throttle.js';

export interface RangeRequest {
  readonly uuid: string;
  readonly size: number;
  readonly manifest: Buffer;
  readonly range: BlockRange;
  readonly writer: BlockWriter;
  readonly signal: AbortSignal;
  /** Told for each block, in order, whether it was right; false from it ends the request. */
  readonly onBlock: (index: number, isRight: boolean) => void;
}

/** Where nothing limits the bandwidth, a new limit is looked for this often, in milliseconds: a fast line brings thousands of pieces a second. */
const FREE_MS = 100;

/** Reads one range of blocks from one peer: each is checked and written at its place as soon as it is complete. */
@Injectable()
export class RangeReader {
  constructor(
    private readonly client: PeerClient,
    private readonly throttle: Throttle,
    private readonly config: Config,
  ) {}

  /** Rejects when the peer fails, stalls or sends less than it was asked for. */
  async read(peer: Peer, request: RangeRequest): Promise<void> {
    const { uuid, size, range, signal } = request;
    const start = range.first * BLOCK_BYTES;
    const end = Math.min(size, (range.first + range.count) * BLOCK_BYTES) - 1;
    const headers = { Range: `bytes=${start}-${end}` };
    const { body } = await this.client.stream(peer, `/api/ods/packages/${uuid}/content`, { headers, signal });
    try {
      await this.readBlocks(peer, body, request);
    } finally {
      if (!body.readableEnded) body.destroy();
    }
  }

  private async readBlocks(peer: Peer, body: Readable, request: RangeRequest): Promise<void> {
    const { range, size, writer } = request;
    const written: Promise<void>[] = [];
    const lastIndex = range.first + range.count - 1;
    let index = range.first;
    let filled = 0;
    let buffer: Uint8Array | undefined;
    try {
      for await (const piece of this.whileItFlows(peer, body, request.signal)) {
        for (let at = 0; at < piece.length && index <= lastIndex;) {
          buffer ??= await writer.take();
          const wanted = blockLength(size, index);
          const count = Math.min(wanted - filled, piece.length - at);
          buffer.set(piece.subarray(at, at + count), filled);
          filled += count;
          at += count;
          if (filled < wanted) continue;
          const write = this.write(request, index, buffer, wanted);
          write.catch(() => undefined); // it may fail while the next piece is waited for; it is looked at below
          written.push(write);
          buffer = undefined;
          filled = 0;
          index += 1;
        }
        if (index > lastIndex) break; // a body without end is cut here
      }
    } finally {
      if (buffer) writer.giveBack(buffer);
      await Promise.all(written);
    }
    if (index <= lastIndex) throw new PeerUnreachable(`${peer.name} ended its answer early.`);
  }

  private async write({ manifest, writer, onBlock }: RangeRequest, index: number, buffer: Uint8Array, length: number): Promise<void> {
    onBlock(index, await writer.write(index, buffer, length, blockHash(manifest, index)));
  }

  /** Gives the body's pieces, and fails when none comes for PEER_TIMEOUT_MS: a stalled peer must not hold a transfer. */
  private async *whileItFlows(peer: Peer, body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
    const idleMs = this.config.get('PEER_TIMEOUT_MS');
    let isHeldBack = false; // by our own limits
    let freeUntilMs = 0;
    const timer = setTimeout(() => {
      if (isHeldBack) timer.refresh();
      else body.destroy(new PeerUnreachable(`${peer.name} sent nothing for ${Math.round(idleMs / 1_000)} seconds.`));
    }, idleMs);
    try {
      for await (const piece of body as AsyncIterable<Buffer>) {
        if (performance.now() >= freeUntilMs) {
          isHeldBack = true;
          const isLimited = await this.throttle.take('download', peer.iss, piece.length, signal);
          isHeldBack = false;
          if (!isLimited) freeUntilMs = performance.now() + FREE_MS;
        }
        timer.refresh();
        yield piece;
      }
    } finally {
      clearTimeout(timer);
    }
  }
}
