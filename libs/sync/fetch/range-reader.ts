import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { pour } from '#libs/peers/client/body-sink.js';
import type { BulkBody } from '#libs/peers/client/bulk-http.js';
import { ConnectionFailed } from '#libs/peers/client/bulk-connection.js';
import { PeerCircuits } from '#libs/peers/client/peer-circuits.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { describeFailure } from '#libs/peers/client/peer-failure.js';
import { PeerUnreachable } from '#libs/peers/peers.errors.js';
import { silenceOf, whileItFlows } from '#libs/peers/client/while-it-flows.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import type { StallWatch } from '#libs/replication/stall-watch.js';
import { BlockSink, type BlockSinkOptions } from './block-sink.js';
import { Throttle } from '../limits/throttle.js';

export interface RangeRequest extends Omit<BlockSinkOptions, 'hold' | 'source'> {
  readonly uuid: string;
  readonly watch: StallWatch;
  readonly signal: AbortSignal;
}

/** Reads one range of blocks from one peer: each is checked and written at its place as soon as it is complete. */
@Injectable()
export class RangeReader {
  constructor(
    private readonly client: PeerClient,
    private readonly circuits: PeerCircuits,
    private readonly throttle: Throttle,
    private readonly config: Config,
  ) {}

  /** Rejects when the peer fails, stalls or sends less than it was asked for. */
  async read(peer: Peer, request: RangeRequest): Promise<void> {
    const { uuid, size, range, signal } = request;
    const meter = this.circuits.meterOf(peer.iss);
    const onBytes = (index: number, count: number): void => {
      if (count === 0) meter.skip(performance.now());
      else {
        meter.add(count, performance.now());
        this.circuits.heard(peer.iss);
      }
      request.onBytes(index, count);
    };
    const sink = new BlockSink({ ...request, onBytes, source: peer.iss, hold: (bytes) => this.hold(peer, bytes, request) });
    const start = range.first * BLOCK_BYTES + sink.offset;
    const end = Math.min(size, (range.first + range.count) * BLOCK_BYTES) - 1;
    const path = `/api/ods/packages/${uuid}/content`;
    let isMeasured = false;
    let body: BulkBody | null = null;
    try {
      body = await this.client.range(peer, path, { start, end, signal });
      meter.start(performance.now()); // from the head on: how long that takes is no rate
      isMeasured = true;
      if (body) await body.into(sink);
      else await this.pourFrom(peer, path, sink, { start, end, signal });
    } catch (error) {
      throw this.reasonOf(error, peer);
    } finally {
      if (isMeasured) meter.stop(performance.now());
      body?.destroy();
      await sink.close();
    }
    if (!sink.isFull) throw new PeerUnreachable(`${peer.name} ended its answer early.`);
  }

  /** Waits for our own limits, which is no fault of the peer. */
  private async hold({ iss }: Peer, bytes: number, { watch, signal }: RangeRequest): Promise<number> {
    watch.held();
    try {
      return await this.throttle.take('download', iss, bytes, signal);
    } finally {
      watch.released(performance.now());
    }
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
