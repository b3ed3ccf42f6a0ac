import { Injectable, Logger } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { eventOf } from '#libs/packages/event-of.js';
import { CheckContents } from '#libs/packages/packages.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PackageStore, type StagingFile } from '#libs/platform/storage/package-store.js';
import type { BlockList } from '#libs/replication/block-list.js';
import { blockCount, blockLength, BlockMap } from '#libs/replication/blocks.js';
import type { ContentRoot } from '#libs/replication/content-root.js';
import { type ContentCheck, ContentChecks } from './content-check.js';
import { ContentSources } from './content-sources.js';
import { Download } from './download.js';
import { FetchCancelled, FetchGaveWay, FetchStopped } from './fetch.errors.js';
import { LocalBlocks } from './local-blocks.js';
import { PartialBlocks } from './partial-blocks.js';
import { RangeReader } from './range-reader.js';
import { SourceSearch } from './source-search.js';
import { ReplicationLimits } from '../limits/replication-limits.js';
import { damagedIdOf, stagingIdOf } from '#libs/packages/staging-id.js';
import { TransferRepository } from '../transfers/transfer.repository.js';

/** Progress is written down this often, in milliseconds: what a crash costs, and how fresh cut-through is. */
const CHECKPOINT_MS = 250;
/** What has come of unfinished blocks is written down this often, in milliseconds. */
const PARTS_MS = 500;

/** Fetches one content: from nothing, or from where an earlier process left it, to published (MESH §6). */
@Injectable()
export class ContentFetcher {
  private readonly logger = new Logger(ContentFetcher.name);

  constructor(
    private readonly sources: ContentSources,
    private readonly checks: ContentChecks,
    private readonly reader: RangeReader,
    private readonly transfers: TransferRepository,
    private readonly contents: ContentRepository,
    private readonly localBlocks: LocalBlocks,
    private readonly catalog: Catalog,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly store: PackageStore,
    private readonly jobs: Jobs,
    private readonly limits: ReplicationLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * The ISS ID of the server that gave the last block; null when nothing had to be fetched any more. Throws FetchStopped,
   * FetchCancelled, DiskFull, or what the disk fails with.
   */
  async fetch(goal: Package, transfer: Transfer, sources: SourceSearch, signal: AbortSignal): Promise<string | null> {
    const isPushed = BlockMap.from(blockCount(goal.size), transfer.verified).isFull; // by a firewalled peer, or it is empty
    if (sources.sources.length === 0 && !isPushed)
      throw new FetchStopped('no-source', 'No server that can be reached has this package now.');
    const check = await this.checks.prepare(goal, sources, signal);
    const { list, hashing } = check;
    await this.store.requireRoom(goal.size - transfer.verifiedBytes + (await this.transfers.promisedBefore(transfer.id)));
    const stagingId = stagingIdOf(goal.uuid);
    const partFiles = this.store.partsOf(stagingId);
    const known = await this.store.openStaging(stagingId, hashing);
    const staging = known ?? (await this.store.createStaging(stagingId, goal.size, hashing));
    let source: string | null;
    let root: ContentRoot;
    try {
      const verified = known ? await this.recheck(staging, goal, transfer, list) : BlockMap.empty(blockCount(goal.size));
      if (verified.bytesOf(goal.size) < transfer.verifiedBytes) await this.takeBack(transfer, verified);
      await this.localBlocks.salvage(goal, list, verified, staging.writer, signal);
      await this.localBlocks.copyInto(goal, list, verified, staging.writer, signal);
      const parts = await PartialBlocks.open(partFiles, goal.size, (index) => verified.has(index));
      source = await this.download({ goal, list, verified, parts, staging, sources, signal });
      root = await this.checks.finish(staging.writer, goal, check);
    } finally {
      await staging.close();
    }
    await partFiles.removeAll();
    await this.publish(goal, check, root);
    return source;
  }

  /** For a single block it is quicker to ask for it than to ask who has it. */
  async findSources(goal: Package, signal: AbortSignal): Promise<SourceSearch> {
    const count = blockCount(goal.size);
    if (count <= 1) return SourceSearch.of((await this.sources.candidates()).map((peer) => ({ peer, available: BlockMap.full(count) })));
    const search = await this.sources.search(goal, signal);
    await search.first();
    return search;
  }

  /**
   * What an earlier process claims to have verified is believed only after a second look. A file of which nothing is claimed
   * is read whole: the transfer was killed before its first checkpoint.
   */
  private async recheck({ writer }: StagingFile, { size }: Package, transfer: Transfer, list: BlockList): Promise<BlockMap> {
    const claimed = BlockMap.from(blockCount(size), transfer.verified);
    const verified = BlockMap.empty(claimed.length);
    for (let index = 0; index < claimed.length; index += 1) {
      if (claimed.count > 0 && !claimed.has(index)) continue;
      if (await writer.recheck(index, blockLength(size, index), list.hash(index))) verified.add(index);
    }
    return verified;
  }

  /** A crash took blocks with it that were written down: peers that offer or push must not go on believing in them. */
  private async takeBack({ uuid, size, sourceIss }: Transfer, verified: BlockMap): Promise<void> {
    const verifiedBytes = verified.bytesOf(size);
    const now = this.clock.now();
    await this.transfers.checkpoint(uuid, {
      verified: verified.toBuffer(),
      verifiedBytes,
      receivedBytes: verifiedBytes,
      sourceIss,
      updatedMs: now,
    });
  }

  private async download(work: {
    goal: Package;
    list: BlockList;
    verified: BlockMap;
    parts: PartialBlocks;
    staging: StagingFile;
    sources: SourceSearch;
    signal: AbortSignal;
  }): Promise<string | null> {
    const { goal, list, verified, parts, staging, sources, signal } = work;
    if (verified.isFull) return null;
    const cancelled = new AbortController();
    const connectionsPerPeer = verified.length <= 1 ? 1 : await this.limits.connectionsPerPeer();
    const download = new Download(
      {
        ...{ wanted: goal, list, verified, parts, writer: staging.writer, connectionsPerPeer },
        signal: AbortSignal.any([signal, cancelled.signal]),
      },
      this.sources,
      this.reader,
    );
    const checkpoints = this.keepCheckpoints(goal, { verified, parts, download, cancelled });
    try {
      await download.run(sources);
    } catch (error) {
      throw cancelled.signal.aborted ? cancelled.signal.reason : error;
    } finally {
      await checkpoints.stop();
    }
    return download.lastSource;
  }

  private keepCheckpoints(
    { uuid, size }: Package,
    { verified, parts, download, cancelled }: { verified: BlockMap; parts: PartialBlocks; download: Download; cancelled: AbortController },
  ): { stop(): Promise<void> } {
    let written = { count: verified.count, bytes: -1, atMs: -Infinity };
    let last: Promise<void> = Promise.resolve();
    const write = async (isLast = false): Promise<void> => {
      const suspension = await this.limits.suspension();
      if (suspension) cancelled.abort(new FetchStopped(suspension.code, suspension.reason));
      const [verifiedBytes, now] = [verified.bytesOf(size), this.clock.now()];
      const receivedBytes = verifiedBytes + parts.bytes;
      const hasMore = receivedBytes !== written.bytes && (isLast || Math.abs(now - written.atMs) >= PARTS_MS);
      if (verified.count === written.count && !hasMore) return this.checkStanding(uuid, cancelled);
      await this.store.requireRoom(1).catch((error: unknown) => cancelled.abort(error));
      if (hasMore) await parts.save();
      written = { count: verified.count, bytes: receivedBytes, atMs: now };
      const progress = { verified: verified.toBuffer(), verifiedBytes, receivedBytes, sourceIss: download.lastSource, updatedMs: now };
      if (!(await this.transfers.checkpoint(uuid, progress))) await this.checkStanding(uuid, cancelled);
    };
    const timer = setInterval(() => {
      last = last.then(() => write()).catch(() => undefined); // a checkpoint that is missed is only work done twice
    }, CHECKPOINT_MS);
    return {
      stop: async () => {
        clearInterval(timer);
        await last;
        if (!verified.isFull) await write(true);
      },
    };
  }

  /** It may have been cancelled, or be pushed here while fetching brought nothing. */
  private async checkStanding(uuid: string, cancelled: AbortController): Promise<void> {
    const state = await this.transfers.stateOf(uuid);
    if (state !== 'active') cancelled.abort(state === 'receiving' ? new FetchGaveWay() : new FetchCancelled());
  }

  private async publish({ uuid, createdMs }: Package, { list, hashing }: ContentCheck, root: ContentRoot): Promise<void> {
    await this.store.publish(stagingIdOf(uuid), uuid, createdMs);
    const gain = async (): Promise<Package | null> => {
      const gained = await this.catalog.markHeld(uuid, list.manifest);
      await this.contents.setRoot(uuid, root, !hashing.whole);
      if (!hashing.whole) await this.jobs.add(CheckContents, {}, { key: 'all' });
      if (gained?.status === 'Public' && gained.space === '') await this.events.record('package.synced', eventOf(gained));
      return gained;
    };
    const row = await this.db.transaction(gain, { canBeLost: true });
    await this.store.discardStaging(damagedIdOf(uuid));
    if (!row) await this.store.remove(uuid); // replaced or deleted while it was on its way
  }
}
