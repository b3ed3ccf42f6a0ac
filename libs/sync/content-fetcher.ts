import { Injectable, Logger } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Catalog } from '#libs/packages/catalog.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { eventOf } from '#libs/packages/event-of.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore, type StagingFile } from '#libs/platform/storage/package-store.js';
import { blockCount, blockHash, blockLength, BlockMap } from '#libs/replication/blocks.js';
import { ContentSources, type Source } from './content-sources.js';
import { Download } from './download.js';
import { FetchCancelled, FetchGaveWay, FetchStopped } from './fetch.errors.js';
import { LocalBlocks } from './local-blocks.js';
import { RangeReader } from './range-reader.js';
import { ReplicationLimits } from './replication-limits.js';
import { stagingIdOf } from '#libs/packages/staging-id.js';
import { TransferRepository } from './transfer.repository.js';

/** Progress is written down this often, in milliseconds: what a crash costs, and how fresh cut-through is. */
const CHECKPOINT_MS = 250;

/** Fetches one content: from nothing, or from where an earlier process left it, to published (MESH §6). */
@Injectable()
export class ContentFetcher {
  private readonly logger = new Logger(ContentFetcher.name);

  constructor(
    private readonly sources: ContentSources,
    private readonly reader: RangeReader,
    private readonly transfers: TransferRepository,
    private readonly contents: ContentRepository,
    private readonly localBlocks: LocalBlocks,
    private readonly catalog: Catalog,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly store: PackageStore,
    private readonly limits: ReplicationLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * The ISS ID of the server that gave the last block; null when nothing had to be fetched any more. Throws FetchStopped,
   * FetchCancelled, DiskFull, or what the disk fails with.
   */
  async fetch(goal: Package, transfer: Transfer, sources: Source[], signal: AbortSignal): Promise<string | null> {
    const isPushed = BlockMap.from(blockCount(goal.size), transfer.verified).isFull; // by a firewalled peer, or it is empty
    if (sources.length === 0 && !isPushed) throw new FetchStopped('no-source', 'No server that can be reached has this package now.');
    const ownManifest = (await this.contents.find(goal.uuid))?.manifest;
    const manifest = ownManifest ?? (await this.sources.manifest(goal, sources, signal));
    if (!ownManifest) await this.contents.setManifest(goal.uuid, manifest);
    await this.store.requireRoom(goal.size - transfer.verifiedBytes + (await this.transfers.promisedBefore(transfer.id)));
    const stagingId = stagingIdOf(goal.uuid);
    const known = await this.store.openStaging(stagingId);
    const staging = known ?? (await this.store.createStaging(stagingId, goal.size));
    let source: string | null;
    try {
      const verified = known ? await this.recheck(staging, goal, transfer, manifest) : BlockMap.empty(blockCount(goal.size));
      if (verified.bytesOf(goal.size) < transfer.verifiedBytes) await this.takeBack(transfer, verified);
      await this.localBlocks.copyInto(goal, manifest, verified, staging.writer, signal);
      source = await this.download({ goal, manifest, verified, staging, sources, signal });
      await this.checkWhole(staging, goal);
    } finally {
      await staging.close();
    }
    await this.publish(goal, manifest);
    return source;
  }

  /** For a single block it is quicker to ask for it than to ask who has it. */
  async findSources(goal: Package, signal: AbortSignal): Promise<Source[]> {
    const count = blockCount(goal.size);
    if (count > 1) return this.sources.find(goal, signal);
    return (await this.sources.candidates()).map((peer) => ({ peer, available: BlockMap.full(count) }));
  }

  /**
   * What an earlier process claims to have verified is believed only after a second look. A file of which nothing is claimed
   * is looked at whole: a content that was found damaged, or a transfer that was killed before its first checkpoint.
   */
  private async recheck({ writer }: StagingFile, { size, filename }: Package, transfer: Transfer, manifest: Buffer): Promise<BlockMap> {
    const claimed = BlockMap.from(blockCount(size), transfer.verified);
    const verified = BlockMap.empty(claimed.length);
    for (let index = 0; index < claimed.length; index += 1) {
      if (claimed.count > 0 && !claimed.has(index)) continue;
      if (await writer.recheck(index, blockLength(size, index), blockHash(manifest, index))) verified.add(index);
    }
    if (claimed.count === 0 && verified.count > 0)
      this.logger.log(`${filename}: ${verified.count} of ${verified.length} blocks of the file on disk are right and are kept.`);
    return verified;
  }

  /** A crash took blocks with it that were written down: peers that offer or push must not go on believing in them. */
  private async takeBack({ uuid, size, sourceIss }: Transfer, verified: BlockMap): Promise<void> {
    const verifiedBytes = verified.bytesOf(size);
    await this.transfers.checkpoint(uuid, { verified: verified.toBuffer(), verifiedBytes, sourceIss, updatedMs: this.clock.now() });
  }

  private async download(work: {
    goal: Package;
    manifest: Buffer;
    verified: BlockMap;
    staging: StagingFile;
    sources: Source[];
    signal: AbortSignal;
  }): Promise<string | null> {
    const { goal, manifest, verified, staging, sources, signal } = work;
    if (verified.isFull) return null;
    const cancelled = new AbortController();
    const connectionsPerPeer = verified.length <= 1 ? 1 : await this.limits.connectionsPerPeer();
    const download = new Download(
      { wanted: goal, manifest, verified, writer: staging.writer, connectionsPerPeer, signal: AbortSignal.any([signal, cancelled.signal]) },
      this.sources,
      this.reader,
    );
    const checkpoints = this.keepCheckpoints(goal, verified, download, cancelled);
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
    verified: BlockMap,
    download: Download,
    cancelled: AbortController,
  ): { stop(): Promise<void> } {
    let written = verified.count;
    let last: Promise<void> = Promise.resolve();
    const write = async (): Promise<void> => {
      const standstill = await this.limits.standstill();
      if (standstill) cancelled.abort(new FetchStopped(standstill.code, standstill.reason));
      if (verified.count === written) return this.checkStanding(uuid, cancelled);
      await this.store.requireRoom(1).catch((error: unknown) => cancelled.abort(error));
      written = verified.count;
      const progress = {
        verified: verified.toBuffer(),
        verifiedBytes: verified.bytesOf(size),
        sourceIss: download.lastSource,
        updatedMs: this.clock.now(),
      };
      if (!(await this.transfers.checkpoint(uuid, progress))) await this.checkStanding(uuid, cancelled);
    };
    const timer = setInterval(() => {
      last = last.then(write).catch(() => undefined); // a checkpoint that is missed is only work done twice
    }, CHECKPOINT_MS);
    return {
      stop: async () => {
        clearInterval(timer);
        await last;
        if (!verified.isFull) await write();
      },
    };
  }

  /** Somebody may have cancelled it, or pushes it here while nothing came of fetching. */
  private async checkStanding(uuid: string, cancelled: AbortController): Promise<void> {
    const state = await this.transfers.stateOf(uuid);
    if (state !== 'active') cancelled.abort(state === 'receiving' ? new FetchGaveWay() : new FetchCancelled());
  }

  /** Blocks that match a list that matches the entry, and a whole that does not: the entry itself is false. */
  private async checkWhole({ writer }: StagingFile, goal: Package): Promise<void> {
    const { sha1, sha256 } = await writer.finish();
    if (sha1 === goal.sha1 && sha256 === goal.sha256) return;
    throw new FetchStopped(
      'content-mismatch',
      'The content matches its chunk list and not its SHA-256: whoever uploaded it told something false. It is not published.',
    );
  }

  private async publish({ uuid, createdMs }: Package, manifest: Buffer): Promise<void> {
    await this.store.publish(stagingIdOf(uuid), uuid, createdMs);
    const gain = async (): Promise<Package | null> => {
      const gained = await this.catalog.gained(uuid, manifest);
      if (gained) await this.events.record('package.synced', eventOf(gained));
      return gained;
    };
    const row = await this.db.transaction(gain, { canBeLost: true });
    if (!row) await this.store.remove(uuid); // replaced or deleted while it was on its way
  }
}
