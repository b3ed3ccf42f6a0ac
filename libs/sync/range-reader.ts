import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { pour } from '#libs/registration/body-sink.js';
import { ConnectionFailed } from '#libs/registration/bulk-connection.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { describeFailure } from '#libs/registration/peer-failure.js';
import { PeerUnreachable } from '#libs/registration/registration.errors.js';
import { silenceOf, whileItFlows } from '#libs/registration/while-it-flows.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { BlockSink, type BlockSinkOptions } from './block-sink.js';
import { Throttle } from './throttle.js';

export interface RangeRequest extends Omit<BlockSinkOptions, 'hold'> {
  readonly uuid: string;
  readonly signal: AbortSignal;
}

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
    const path = `/api/ods/packages/${uuid}/content`;
    const sink = new BlockSink({ ...request, hold: (bytes) => this.throttle.take('download', peer.iss, bytes, signal) });
    const body = await this.client.range(peer, path, { start, end, signal });
    try {
      if (body) await body.into(sink);
      else await this.pourFrom(peer, path, sink, { start, end, signal });
    } catch (error) {
      throw this.reasonOf(error, peer);
    } finally {
      body?.destroy();
      await sink.close();
    }
    if (!sink.isFull) throw new PeerUnreachable(`${peer.name} ended its answer early.`);
  }

  /** By way of the ordinary client, which understands every answer. */
  private async pourFrom(
    peer: Peer,
    path: string,
    sink: BlockSink,
    wanted: { start: number; end: number; signal: AbortSignal },
  ): Promise<void> {
    const { start, end, signal } = wanted;
    const { body } = await this.client.stream(peer, path, { headers: { Range: `bytes=${start}-${end}` }, signal });
    try {
      await pour(whileItFlows(body, this.idleMs, peer.name), sink, end - start + 1); // a body without end is cut there
    } finally {
      if (!body.readableEnded) body.destroy();
    }
  }

  private get idleMs(): number {
    return this.config.get('PEER_TIMEOUT_MS');
  }

  /** What went wrong on the wire, in words. */
  private reasonOf(error: unknown, { name, url }: Peer): unknown {
    if (!(error instanceof ConnectionFailed)) return error;
    return new PeerUnreachable(error.code === 'ETIMEDOUT' ? silenceOf(name, this.idleMs) : describeFailure(error, url, this.idleMs));
  }
}
