import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { ReplicationLimits } from './replication-limits.js';
import { ReplicationSettingsRepository } from './replication-settings.repository.js';

export type Direction = 'download' | 'upload';

/** What is asked of the shared bucket at a time: often enough to flow evenly, seldom enough to cost nothing. Milliseconds. */
const PORTION_MS = 200;
const FURTHEST_AHEAD_MS = 30_000;
/** Bytes that pass at once: so few that many bodies under one slow limit all get on, in turns, and none falls silent. */
const MOST_PIECE_BYTES = 65_536;
const LEAST_PIECE_BYTES = 1_024;
const PIECE_MS = 50;

const pieceOf = (rates: readonly { readonly rate: number }[]): number =>
  rates.length === 0
    ? Infinity
    : Math.min(MOST_PIECE_BYTES, Math.max(LEAST_PIECE_BYTES, Math.floor((Math.min(...rates.map(({ rate }) => rate)) * PIECE_MS) / 1_000)));
/** How long a peer's own limit is remembered, in milliseconds. */
const REMEMBER_MS = 1_000;

/** What one process has been promised of one bandwidth and has not used yet. */
class Portion {
  private bytes = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly ask: (us: number) => Promise<number>) {}

  /** Resolves when so many bytes may pass. Callers are served in the order in which they came. */
  take(bytes: number, rate: number, signal?: AbortSignal): Promise<void> {
    const mine = this.turn.then(() => this.serve(bytes, rate, signal));
    this.turn = mine.catch(() => undefined); // its own caller hears of it
    return mine;
  }

  private async serve(bytes: number, rate: number, signal?: AbortSignal): Promise<void> {
    while (this.bytes < bytes) {
      const portion = Math.max(bytes - this.bytes, Math.ceil((rate * PORTION_MS) / 1_000));
      const waitMs = await this.ask((portion / rate) * 1e6);
      if (waitMs > 0) await sleep(waitMs, undefined, signal ? { signal } : {});
      this.bytes += portion;
    }
    this.bytes -= bytes;
  }
}

/** Keeps content between servers within the bandwidths that administrators set, over all processes of this server. */
@Injectable()
export class Throttle {
  private readonly portions = new Map<string, Portion>();
  private peerLimits = new Map<string, Pick<Peer, 'downloadLimit' | 'uploadLimit'>>();
  private peersReadMs = -Infinity;

  constructor(
    private readonly limits: ReplicationLimits,
    private readonly settings: ReplicationSettingsRepository,
    private readonly peers: PeerRepository,
    private readonly clock: Clock,
  ) {}

  /** Waits until that many bytes may pass; answers how many should pass at a time, Infinity without a limit. Rejects when `signal` is aborted. */
  async take(direction: Direction, iss: string, bytes: number, signal?: AbortSignal): Promise<number> {
    const rates = await this.rates(direction, iss);
    for (const { name, rate } of rates) await this.portion(name).take(bytes, rate, signal);
    return pieceOf(rates);
  }

  /** A body that flows no faster than it may; the same one when nothing limits it. */
  async slow(direction: Direction, iss: string, body: Readable): Promise<Readable> {
    const rates = await this.rates(direction, iss);
    return rates.length === 0 ? body : Readable.from(this.pieces(direction, iss, body), { objectMode: false });
  }

  private async *pieces(direction: Direction, iss: string, body: Readable): AsyncGenerator<Buffer> {
    for await (const piece of body as AsyncIterable<Buffer>) {
      for (let at = 0, most = LEAST_PIECE_BYTES; at < piece.length;) {
        const part = piece.subarray(at, at + most);
        most = await this.take(direction, iss, part.length);
        yield part;
        at += part.length;
      }
    }
  }

  /** The bandwidths that hold for a call, with the names of their buckets. */
  private async rates(direction: Direction, iss: string): Promise<{ name: string; rate: number }[]> {
    const field = direction === 'download' ? 'downloadLimit' : 'uploadLimit';
    const [peerRate, ownRate] = [(await this.limitsOf(iss))?.[field] ?? null, (await this.limits.current())[field]];
    return [
      ...(peerRate === null ? [] : [{ name: `${direction} ${iss}`, rate: peerRate }]),
      ...(ownRate === null ? [] : [{ name: direction, rate: ownRate }]),
    ];
  }

  private portion(name: string): Portion {
    const known = this.portions.get(name);
    if (known) return known;
    const made = new Portion(async (us) => {
      const nowUs = this.clock.now() * 1_000;
      const begins = await this.settings.promise(name, Math.ceil(us), nowUs, FURTHEST_AHEAD_MS * 1_000);
      return (begins - nowUs) / 1_000;
    });
    this.portions.set(name, made);
    return made;
  }

  private async limitsOf(iss: string): Promise<Pick<Peer, 'downloadLimit' | 'uploadLimit'> | undefined> {
    if (performance.now() - this.peersReadMs > REMEMBER_MS) {
      this.peersReadMs = performance.now();
      this.peerLimits = new Map((await this.peers.findAll()).map((peer) => [peer.iss, peer]));
    }
    return this.peerLimits.get(iss);
  }
}
