import { Injectable, Logger } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import { damagedIdOf } from '#libs/packages/staging-id.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { BlockList } from '#libs/replication/block-list.js';
import { BLOCK_BYTES, blockCount, blockHash, blockLength, type BlockMap } from '#libs/replication/blocks.js';

/** Contents that are looked through: earlier versions of the name, and the newest of names that begin like it. */
const MOST_CONTENTS = 8;
const SHORTEST_STEM = 3;

/** What versioned names have in common: `firefox-` of `Firefox-121.0.pkg`. Null when it says too little. */
export function stemOf(filenameKey: string): string | null {
  const stem = /^\D*/.exec(filenameKey)![0];
  return stem.length >= SHORTEST_STEM && stem.length < filenameKey.length ? stem : null;
}

interface Place {
  readonly content: Content;
  readonly index: number;
}

/** Blocks that are on this disk already, in other contents, are copied and verified instead of fetched (MESH §6.10). */
@Injectable()
export class LocalBlocks {
  private readonly logger = new Logger(LocalBlocks.name);

  constructor(
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
  ) {}

  /** Adds to `verified` what was found. A content that cannot be read is no help, and no failure either. */
  async copyInto(goal: Package, list: BlockList, verified: BlockMap, writer: BlockWriter, signal: AbortSignal): Promise<void> {
    if (verified.isFull || verified.length <= 1) return;
    const places = this.find(goal, list, verified, await this.candidates(goal));
    for (const [content, indexes] of places) {
      const handle = await this.store.open(content.uuid).catch(() => null);
      if (!handle) continue;
      try {
        await this.copy({ goal, list, verified, writer, signal }, handle, indexes);
      } finally {
        await handle.close();
      }
    }
    const reused = [...places.values()].reduce((sum, indexes) => sum + indexes.length, 0);
    if (reused > 0) this.logger.log(`${goal.filename}: ${reused} of ${verified.length} blocks were on this server already.`);
  }

  /** The blocks of a content that was found damaged which are right: copied from the file that was set aside into the new one. */
  async salvage(goal: Package, list: BlockList, verified: BlockMap, writer: BlockWriter, signal: AbortSignal): Promise<void> {
    const damaged = await this.store.readStaging(damagedIdOf(goal.uuid));
    if (!damaged) return;
    try {
      const missing = Array.from({ length: verified.length }, (_, index) => index).filter((index) => !verified.has(index));
      await this.copy(
        { goal, list, verified, writer, signal },
        damaged,
        missing.map((index) => [index, index]),
      );
    } finally {
      await damaged.close();
    }
    this.logger.log(`${goal.filename}: ${verified.count} of ${verified.length} blocks of the file on disk are right and are kept.`);
  }

  private async candidates({ uuid, filenameKey }: Package): Promise<Content[]> {
    const found = await this.contents.findOnDiskLike(filenameKey, stemOf(filenameKey), MOST_CONTENTS);
    return found.filter((content) => content.uuid !== uuid && content.manifest !== null);
  }

  /** For each missing block a place that has it. */
  private find(goal: Package, list: BlockList, verified: BlockMap, candidates: readonly Content[]): Map<Content, [number, number][]> {
    const known = new Map<string, Place>();
    for (const content of candidates) {
      for (let index = 0; index < blockCount(content.size); index += 1) {
        known.set(keyOf(content.manifest!, content.size, index), { content, index });
      }
    }
    const found = new Map<Content, [number, number][]>();
    for (let index = 0; index < verified.length; index += 1) {
      const place = verified.has(index) ? undefined : known.get(keyOf(list.manifest, goal.size, index));
      if (place) found.set(place.content, [...(found.get(place.content) ?? []), [index, place.index]]);
    }
    return found;
  }

  private async copy(
    work: { goal: Package; list: BlockList; verified: BlockMap; writer: BlockWriter; signal: AbortSignal },
    handle: FileHandle,
    indexes: readonly [number, number][],
  ): Promise<void> {
    const { goal, list, verified, writer, signal } = work;
    for (const [index, from] of indexes) {
      signal.throwIfAborted();
      const buffer = await writer.take();
      const length = blockLength(goal.size, index);
      const { bytesRead } = await handle.read(buffer, 0, length, from * BLOCK_BYTES).catch(() => ({ bytesRead: 0 }));
      if (bytesRead < length) writer.giveBack(buffer);
      else if (await writer.write(index, buffer, length, list.hash(index))) verified.add(index);
    }
  }
}

const keyOf = (manifest: Buffer, size: number, index: number): string =>
  `${blockHash(manifest, index).toString('latin1')}${blockLength(size, index)}`;
