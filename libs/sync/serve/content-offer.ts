import { Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Content } from '#libs/entities/content.entity.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { DamagedContents } from '#libs/packages/integrity/damaged-contents.js';
import type { RootAlgorithm } from '#libs/platform/crypto/block-digest.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { BLOCK_BYTES, blockCount, BlockMap } from '#libs/replication/blocks.js';
import { stagingIdOf } from '#libs/packages/staging-id.js';
import { TransitCopies } from '../transit/transit-copies.js';
import { TransferRepository } from '../transfers/transfer.repository.js';

/** This server does not have that content and is not fetching it. */
export class ContentUnknown extends DomainError {
  readonly code = 'content-unknown';
  readonly status = 404;
  constructor(uuid: string) {
    super(`This server has no content ${uuid}.`);
  }
}

/** Asked for blocks that are still on their way here (RFC 8470's status, MESH §9). */
export class ContentNotYetHere extends DomainError {
  readonly code = 'content-not-yet-here';
  readonly status = 425;
  constructor() {
    super('These blocks are not verified on this server yet.');
  }
}

/** How often a waiting caller's question is checked again, in milliseconds. */
const LOOK_MS = 100;

export interface Availability {
  readonly complete: boolean;
  /** Verified blocks. */
  readonly count: number;
  /** Base64 of one bit a block; left out when complete. */
  readonly bitmap?: string;
}

/** Gives content to peers: whole ones from the store, unfinished ones as far as they are verified (MESH §6.8). */
@Injectable()
export class ContentOffer {
  constructor(
    private readonly contents: ContentRepository,
    private readonly transfers: TransferRepository,
    private readonly store: PackageStore,
    private readonly damaged: DamagedContents,
    private readonly transit: TransitCopies,
    private readonly shutdown: Shutdown,
  ) {}

  /** The packed chunk list, or the block list that was made with `algorithm`, with the hash that names it. Throws ContentUnknown. */
  async list(uuid: string, algorithm: RootAlgorithm | null): Promise<{ list: Buffer; hash: string }> {
    const content = await this.contents.find(uuid);
    const list = algorithm === null ? content?.manifest : content?.rootAlg === algorithm ? content.blocks : null;
    if (!content || !list) throw new ContentUnknown(uuid);
    return { list, hash: algorithm === null ? content.manifestSha256 : content.rootHash! };
  }

  /** Holds the call open until there is more than `known` blocks or the time is up. Throws ContentUnknown. */
  async availability(uuid: string, known: number, waitMs: number): Promise<Availability> {
    await this.transit.askedFor([uuid]);
    const until = Date.now() + waitMs;
    for (;;) {
      const now = await this.look(uuid);
      const isNews = now.complete || now.count > known;
      if (isNews || Date.now() >= until || this.shutdown.signal.aborted) return now;
      await sleep(Math.min(LOOK_MS, Math.max(1, until - Date.now())));
    }
  }

  /** An open file of which `length` bytes from `start` are verified. The caller closes it. */
  async open(uuid: string, start: number, length: number): Promise<FileHandle> {
    const content = await this.get(uuid);
    if (statesOnDisk.includes(content.state)) return this.openWhole(content);
    const verified = await this.verified(content);
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.floor((start + Math.max(1, length) - 1) / BLOCK_BYTES);
    const handle = verified.hasRange(first, last - first + 1) ? await this.store.readStaging(stagingIdOf(uuid)) : null;
    if (!handle) {
      await this.transit.askedFor([uuid]);
      throw new ContentNotYetHere();
    }
    return handle;
  }

  async size(uuid: string): Promise<number> {
    return (await this.get(uuid)).size;
  }

  /** The bytes could not be read to their end. */
  readFailed(uuid: string, error: unknown): Promise<void> {
    return this.damaged.readFailed(uuid, error);
  }

  private async openWhole({ uuid, size }: Content): Promise<FileHandle> {
    let fault: unknown;
    try {
      const handle = await this.store.open(uuid);
      if ((await handle.stat()).size === size) return handle;
      await handle.close();
    } catch (error) {
      fault = error;
    }
    await this.damaged.readFailed(uuid, fault);
    throw new ContentNotYetHere();
  }

  /** A row that says "here" and a disk that says otherwise: the disk is right. */
  private async isOnDisk({ uuid, size }: Content): Promise<boolean> {
    if (await this.store.has(uuid, size)) return true;
    await this.damaged.readFailed(uuid);
    return false;
  }

  private async look(uuid: string): Promise<Availability> {
    const content = await this.get(uuid);
    if (statesOnDisk.includes(content.state) && (await this.isOnDisk(content))) return { complete: true, count: blockCount(content.size) };
    const verified = await this.verified(content);
    return { complete: false, count: verified.count, bitmap: verified.toBuffer().toString('base64') };
  }

  private async verified({ uuid, size }: Content): Promise<BlockMap> {
    return BlockMap.from(blockCount(size), (await this.transfers.find(uuid))?.verified ?? null);
  }

  private async get(uuid: string): Promise<Content> {
    const content = await this.contents.find(uuid);
    if (!content) throw new ContentUnknown(uuid);
    return content;
  }
}
