import type { Peer } from '#libs/entities/peer.entity.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import { PeerRefused } from '#libs/registration/registration.errors.js';
import type { BlockMap } from '#libs/replication/blocks.js';
import { FetchPlan, type BlockRange } from '#libs/replication/fetch-plan.js';
import type { ContentSources, Source, Wanted } from './content-sources.js';
import { FetchStopped } from './fetch.errors.js';
import type { RangeReader } from './range-reader.js';
import { Wakeup } from './wakeup.js';

export interface DownloadOptions {
  readonly wanted: Wanted;
  readonly manifest: Buffer;
  readonly verified: BlockMap;
  readonly writer: BlockWriter;
  readonly connectionsPerPeer: number;
  readonly signal: AbortSignal;
}

/** Blocks of one request: long enough that a request costs nothing, short enough that a slow peer's share is soon another's. */
const RANGE_BLOCKS = 16;
const TOLERABLE_LIES = 3;
const TOLERABLE_FAILURES = 4;
const FAILURE_WAIT_MS = 250;
/** Sources that have only a part, and no more comes from anywhere for this long: the lane is given to another transfer. */
const STALL_MS = 20_000;
const POLL_SECONDS = 10;

/** It does not know the content, or is still waiting for it itself. */
const hasNothing = (error: unknown): boolean => error instanceof PeerRefused && [404, 425].includes(error.peerStatus);

/** Brings the blocks of one content from all its sources at once (MESH §6.4, §6.5, §6.8). */
export class Download {
  readonly plan: FetchPlan;
  /** Why sources were given up, for people. */
  readonly complaints: string[] = [];
  lastSource: string | null = null;
  private readonly over = new AbortController();
  private readonly wakeup = new Wakeup();
  private readonly signal: AbortSignal;
  private lastProgress = Date.now();
  private failure: Error | undefined;

  constructor(
    private readonly options: DownloadOptions,
    private readonly sources: ContentSources,
    private readonly reader: RangeReader,
  ) {
    const { verified, connectionsPerPeer: connectionsPerSource } = options;
    this.plan = new FetchPlan(verified, { rangeBlocks: RANGE_BLOCKS, connectionsPerSource, tolerableLies: TOLERABLE_LIES });
    this.signal = AbortSignal.any([options.signal, this.over.signal]);
  }

  /** Resolves when every block is verified and written. Throws FetchStopped, or what the disk fails with. */
  async run(sources: readonly Source[]): Promise<void> {
    for (const { peer, available } of sources) this.plan.offer(peer.iss, available);
    const stallCheck = setInterval(() => this.checkStall(), 1_000);
    try {
      await Promise.all(sources.map((source) => this.useSource(source)));
    } finally {
      clearInterval(stallCheck);
      this.over.abort();
    }
    if (this.failure) throw this.failure;
    this.options.signal.throwIfAborted();
    if (!this.plan.isComplete) throw this.whyEverySourceEnded();
  }

  private whyEverySourceEnded(): FetchStopped {
    const complaint = this.complaints.at(-1);
    if (complaint !== undefined) return new FetchStopped('sources-failed', complaint);
    return new FetchStopped('no-source', 'The servers that can be reached do not have this package yet.');
  }

  private async useSource({ peer, available }: Source): Promise<void> {
    const connections = Array.from({ length: this.options.connectionsPerPeer }, () => this.fetchFrom(peer));
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
        if (hasNothing(error)) this.drop(peer);
        else if (failures === TOLERABLE_FAILURES) this.giveUp(peer, (error as Error).message);
        else await sleep(FAILURE_WAIT_MS * failures, undefined, { signal: this.signal }).catch(() => undefined);
      }
    }
    this.wakeup.wake();
  }

  private async fetchRange(peer: Peer, range: BlockRange): Promise<void> {
    const { wanted, manifest, writer } = this.options;
    await this.reader.read(peer, {
      ...{ uuid: wanted.uuid, size: wanted.size, manifest, range, writer, signal: this.signal },
      onBlock: (index, isRight) => this.noteBlock(peer, index, isRight),
    });
    this.plan.failed(peer.iss, range); // gives back what was wrong; what was right is settled already
    this.wakeup.wake();
  }

  private noteBlock(peer: Peer, index: number, isRight: boolean): void {
    if (isRight) {
      if (this.plan.arrived(peer.iss, index)) this.lastProgress = Date.now();
      this.lastSource = peer.iss;
      if (this.plan.isComplete) this.over.abort();
    } else if (this.plan.lied(peer.iss, index)) this.complaints.push(`${peer.name} sent blocks with wrong content and was given up.`);
    this.wakeup.wake();
  }

  /** False when it was no failure of the peer: everything is there, the disk failed, or somebody stopped us. */
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
    this.complaints.push(`${peer.name}: ${reason}`);
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

  private checkStall(): void {
    if (this.plan.sourceCount === 0) this.wakeup.wake();
    if (Date.now() - this.lastProgress < STALL_MS || this.isOver) return;
    this.failure = new FetchStopped('stalled', 'The servers that were asked have no more of it yet.');
    this.over.abort();
  }
}
