import { Injectable } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import type { BlockWriter } from '#libs/platform/storage/block-writer.js';
import { everyHash } from '#libs/platform/storage/block-writer.js';
import type { Hashing } from '#libs/platform/storage/hash-worker.js';
import { BlockList } from '#libs/replication/block-list.js';
import { blockCount } from '#libs/replication/blocks.js';
import type { ContentRoot, RootName } from '#libs/replication/content-root.js';
import { ContentSources } from './content-sources.js';
import { FetchStopped } from './fetch.errors.js';
import type { SourceSearch } from './source-search.js';

/** How one content is verified as it comes. */
export interface ContentCheck {
  readonly list: BlockList;
  readonly root: RootName | null;
  readonly hashing: Hashing;
}

const falseEntry = (): FetchStopped =>
  new FetchStopped(
    'content-mismatch',
    'The content matches its list of blocks and not the root or the SHA-256 of its entry: its author wrote something false. It is not published.',
  );

/**
 * Decides what bytes are compared with before they are published (MESH §6). A content whose entry names a root is right when each block
 * matches the list that the root was made of: each is hashed once. Without that list (one block; only servers of the version before
 * have it) blocks are compared with the chunk list, and the root with what they turned out to be. Content without a root is hashed as a
 * whole, too, and gets a root here.
 */
@Injectable()
export class ContentChecks {
  constructor(
    private readonly contents: ContentRepository,
    private readonly sources: ContentSources,
  ) {}

  /** Throws FetchStopped when no peer has a right chunk list, or when the content is known to be false. */
  async prepare(goal: Package, sources: SourceSearch, signal: AbortSignal): Promise<ContentCheck> {
    const content = await this.contents.find(goal.uuid);
    if (content?.refusal) throw new FetchStopped('content-mismatch', content.refusal);
    const manifest = content?.manifest ?? (await this.sources.manifest(goal, sources, signal));
    if (!content?.manifest) await this.contents.setManifest(goal.uuid, manifest);
    const root = content && rootNameOf(content);
    const blocks = root && (content.blocks ?? (await this.blockList(goal, root, sources, signal)));
    const algorithm = root?.algorithm ?? everyHash.algorithm;
    const hashing = blocks ? { algorithm, sha1: false, whole: false } : { ...everyHash, algorithm };
    return { list: new BlockList(manifest, blocks), root, hashing };
  }

  /** Once every block is written. Answers the root of what was written; throws FetchStopped when the entry does not fit. */
  async finish(writer: BlockWriter, goal: Package, { root, hashing }: ContentCheck): Promise<ContentRoot> {
    const found = writer.root();
    if (root && found.hash !== root.hash) throw falseEntry();
    if (!hashing.whole) return found;
    const { sha1, sha256 } = await writer.finish();
    if (sha1 !== goal.sha1 || sha256 !== goal.sha256) throw falseEntry();
    return found;
  }

  private async blockList(goal: Package, root: RootName, sources: SourceSearch, signal: AbortSignal): Promise<Buffer | null> {
    if (blockCount(goal.size) <= 1 || sources.sources.length === 0) return null;
    const blocks = await this.sources.blockList(goal, root, sources, signal);
    if (blocks) await this.contents.setBlocks(goal.uuid, blocks);
    return blocks;
  }
}

const rootNameOf = ({ rootAlg, rootHash }: Content): RootName | null =>
  rootAlg && rootHash ? { algorithm: rootAlg, hash: rootHash } : null;
