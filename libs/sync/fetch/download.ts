import type { Peer } from '#libs/entities/peer.entity.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { humanBytes } from '#libs/platform/format/human-bytes.js';
import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import { PeerRefused } from '#libs/peers/peers.errors.js';
import type { BlockList } from '#libs/replication/block-list.js';
import type { BlockMap } from '#libs/replication/blocks.js';
import { FetchPlan, type BlockRange } from '#libs/replication/fetch-plan.js';
import { StallWatch } from '#libs/replication/stall-watch.js';
import type { ContentSources, Source, Wanted } from './content-sources.js';
import { FetchStopped } from './fetch.errors.js';
import { PartLost, type PartialBlocks } from './partial-blocks.js';
import type { RangeReader } from './range-reader.js';
import type { SourceSearch } from './source-search.js';
import { Wakeup } from './wakeup.js';

export interface DownloadOptions {
  readonly wanted: Wanted;
  readonly list: BlockList;
  readonly verified: BlockMap;
  readonly parts: PartialBlocks;
  readonly writer: BlockWriter;
  readonly connectionsPerPeer: number;
  readonly signal: AbortSignal;
}

/** Blocks of one request: long enough that a request costs nothing, short enough that a slow peer's share is soon another's. */
const RANGE_BLOCKS = 16;
const MAX_CORRUPT_BLOCKS = 3;
const TOLERABLE_FAILURES = 4;
const FAILURE_WAIT_MS = 250;
const POLL_SECONDS = 10;
/** A server of which nothing is known has this long before what it was asked for is asked of another one as well; milliseconds. */
const PATIENCE_MS = 500;
/** How often connections that have nothing to do look again, in milliseconds. */
const LOOK_MS = 500;
/** Requests of one transfer at a time: each holds a block in memory, and slow sources must not hold all of it. */
const MOST_CONNECTIONS = 10;

/** It does not know the content, or is still waiting for it itself. */
const hasNothing = (error: unknown): boolean => error instanceof PeerRefused && [404, 425].includes(error.peerStatus);

/** Brings the blocks of one content from all its sources at once (MESH §6.4, §6.5, §6.8). */
export class Download {
  readonly plan: FetchPlan;
  /** Why sources were given up, for people. */
  readonly failures: string[] = [];
  lastSource: string | null = null;
  private readonly over = new AbortController();
  private readonly wakeup = new Wakeup();
  private readonly signal: AbortSignal;
  private readonly watch = new StallWatch(performance.now());
  /** Names of the sources that are asked, for people. */
  private readonly asked = new Map<string, string>();
  private readonly waiting: Source[] = [];
  private readonly running = new Set<Promise<void>>();
  private failure: Error | undefined;

  constructor(
    private readonly options: DownloadOptions,
    private readonly sources: ContentSources,
    private readonly reader: RangeReader,
  ) {
    const { verified, parts, connectionsPerPeer: connectionsPerSource } = options;
    this.plan = new FetchPlan(verified, {
      ...{ rangeBlocks: RANGE_BLOCKS, connectionsPerSource, maxCorruptBlocks: MAX_CORRUPT_BLOCKS },
      now: () => performance.now(),
      hasPart: (block) => parts.has(block),
      patienceMs: PATIENCE_MS,
    });
    this.signal = AbortSignal.any([options.signal, this.over.signal]);
  }

  /** Resolves when every block is verified and written. Sources that are found meanwhile join. Throws FetchStopped, or what the disk fails with. */
  async run(search: SourceSearch): Promise<void> {
    search.forEach((source) => this.join(source));
    void search.ended.then(() => this.wakeup.wake());
    const look = setInterval(() => this.checkProgress(), LOOK_MS);
    try {
      while (!this.isOver && (this.running.size > 0 || !search.isOver)) await this.wakeup.wait(this.signal);
    } finally {
      clearInterval(look);
      search.stop();
      this.over.abort();
      await Promise.all(this.running);
    }
    if (this.failure) throw this.failure;
    this.options.signal.throwIfAborted();
    if (!this.plan.isComplete) throw this.whyEverySourceEnded();
  }

  private whyEverySourceEnded(): FetchStopped {
    const failure = this.failures.at(-1);
    if (failure !== undefined) return new FetchStopped('sources-failed', failure);
    return new FetchStopped('no-source', 'The servers that can be reached do not have this package yet.');
  }

  /** The connections that there may be are shared out among the sources; a source for which none is left waits until another one ends. */
  private join(source: Source): void {
    if (this.isOver || this.plan.knows(source.peer.iss)) return;
    if (this.running.size >= MOST_CONNECTIONS) return void this.waiting.push(source);
    const using: Promise<void> = this.useSource(source)
      .catch((error: unknown) => {
        this.failure ??= error as Error;
        this.over.abort();
      })
      .finally(() => {
        this.running.delete(using);
        const next = this.waiting.shift();
        if (next) this.join(next);
        this.wakeup.wake();
      });
    this.running.add(using);
  }

  private async useSource({ peer, available }: Source): Promise<void> {
    this.plan.offer(peer.iss, available);
    this.asked.set(peer.iss, peer.name);
    const share = Math.max(1, Math.floor(MOST_CONNECTIONS / (this.running.size + 1)));
    const count = Math.min(this.options.connectionsPerPeer, share);
    const connections = Array.from({ length: count }, () => this.fetchFrom(peer));
    const follower = available.isFull ? Promise.resolve() : this.follow(peer, available.count);
    await Promise.all([...connections, follower]);
  }

  private get isOver(): boolean {
    return this.plan.isComplete || this.signal.aborted || this.failure !== undefined;
  }

  /** One connection: asks for range after range while there is something this peer can give. */
  private async fetchFrom(peer: Peer): Promise<void> {
    for (let failures = 0; !this.isOver && failures < TOLERABLE_FAILURES && this.plan.knows(peer.iss);) {
      const range = this.plan.take(peer.iss);
      if (range === null) {
        if (!this.plan.knows(peer.iss)) return;
        await this.wakeup.wait(this.signal);
        continue;
      }
      try {
        await this.fetchRange(peer, range);
        failures = 0;
      } catch (error) {
        if (!this.noteFailure(peer, range, error)) return;
        failures += 1;
        if (error instanceof PartLost) continue; // our own: the block is asked for from its beginning
        if (hasNothing(error)) this.drop(peer);
        else if (failures === TOLERABLE_FAILURES) this.giveUp(peer, (error as Error).message);
        else await sleep(FAILURE_WAIT_MS * failures, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
    this.wakeup.wake();
  }

  private async fetchRange(peer: Peer, range: BlockRange): Promise<void> {
    const { wanted, list, writer, parts } = this.options;
    await this.reader.read(peer, {
      ...{ uuid: wanted.uuid, size: wanted.size, list, range, writer, parts, signal: this.signal, watch: this.watch },
      onBytes: (index, count) => this.noteBytes(peer, index, count),
      onBlock: (index, isRight, isOfOneSource) => this.noteBlock(peer, index, isRight, isOfOneSource),
    });
    this.plan.failed(peer.iss, range); // gives back what was wrong; what was right is settled already
    this.wakeup.wake();
  }

  private noteBytes({ iss }: Peer, index: number, count: number): void {
    this.plan.received(iss, index, count);
    if (count > 0) this.watch.arrived(performance.now());
    this.lastSource = iss;
  }

  /** A block that came in part from one server and in part from another may be wrong by the fault of either: it is asked for again. */
  private noteBlock(peer: Peer, index: number, isRight: boolean, isOfOneSource: boolean): void {
    if (isRight) {
      this.plan.arrived(peer.iss, index);
      if (this.plan.isComplete) this.over.abort();
    } else if (!isOfOneSource) this.plan.failed(peer.iss, { first: index, count: 1 });
    else if (this.plan.markCorrupt(peer.iss, index)) this.failures.push(`${peer.name} sent blocks with wrong content and was given up.`);
    this.wakeup.wake();
  }

  /** False when it was no failure of the peer: everything is there, the disk failed, or the download was stopped. */
  private noteFailure(peer: Peer, range: BlockRange, error: unknown): boolean {
    this.plan.failed(peer.iss, range);
    this.wakeup.wake();
    if (this.isOver) return false;
    if ((error as Error).name === 'BlockWriteFailed') {
      this.failure = error as Error;
      this.over.abort();
      return false;
    }
    return true;
  }

  private giveUp(peer: Peer, reason: string): void {
    this.failures.push(`${peer.name}: ${reason}`);
    this.drop(peer);
  }

  private drop(peer: Peer): void {
    this.plan.drop(peer.iss);
    this.wakeup.wake();
  }

  /** Learns of a source that is itself still fetching what it has by now. */
  private async follow(peer: Peer, known: number): Promise<void> {
    let count = known;
    while (!this.isOver && this.plan.knows(peer.iss)) {
      try {
        const available = await this.sources.availability(peer, this.options.wanted, this.signal, count, POLL_SECONDS);
        count = available.count;
        this.plan.offer(peer.iss, available);
        this.wakeup.wake();
        if (available.isFull) return;
      } catch (error) {
        if (this.isOver) return;
        if (error instanceof PeerRefused) this.giveUp(peer, error.message);
        await sleep(1_000, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
  }

  /** Wakes connections that have nothing to do: what was asked of a source that has fallen silent is theirs by now. */
  private checkProgress(): void {
    this.wakeup.wake();
    const now = performance.now();
    if (this.isOver || !this.watch.isStalled(now)) return;
    this.failure = new FetchStopped('stalled', this.whyStalled(Math.round(this.watch.silence(now) / 1_000)));
    this.over.abort();
  }

  private whyStalled(seconds: number): string {
    const { wanted, verified, parts } = this.options;
    const here = `${humanBytes(verified.bytesOf(wanted.size) + parts.bytes)} of ${humanBytes(wanted.size)} are here and are kept`;
    const silent = [...this.asked].filter(([iss]) => this.plan.lackedFrom(iss) > 0).map(([, name]) => name);
    if (silent.length === 0) return `The servers that were asked have no more of it yet: ${here}.`;
    return `${silent.slice(0, 3).join(', ')} sent nothing for ${seconds} seconds: ${here}.`;
  }
}
