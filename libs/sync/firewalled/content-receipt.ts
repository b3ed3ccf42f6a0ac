import { Injectable } from '@nestjs/common';
import { webcrypto } from 'node:crypto';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { PeerRefusals } from '#libs/peers/peer-refusals.js';
import { BLOCK_BYTES, BLOCK_HASH_BYTES, blockCount, blockHash, blockLength, BlockMap } from '#libs/replication/blocks.js';
import { ReplicationLimits } from '../limits/replication-limits.js';
import { stagingIdOf } from '#libs/packages/staging-id.js';
import { Throttle } from '../limits/throttle.js';
import { TransferRepository } from '../transfers/transfer.repository.js';
import { PushNeedsManifest, PushNotNow, PushNotWanted, PushWrong } from './push.errors.js';
import { isGettingOn, PushedTransferRepository } from './pushed-transfer.repository.js';

/** What a peer should know before it pushes. */
export interface PushPlan {
  /** Base64 of one bit a block: those are here already. */
  readonly bitmap: string;
  /** Whether the chunk list is here already. */
  readonly manifest: boolean;
}

interface Goal {
  readonly content: Content;
  readonly transfer: Transfer | null;
}

/** Takes content from firewalled peers: only what is wanted here, only blocks that match (MESH §7). */
@Injectable()
export class ContentReceipt {
  constructor(
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly transfers: TransferRepository,
    private readonly pushed: PushedTransferRepository,
    private readonly limits: ReplicationLimits,
    private readonly refusals: PeerRefusals,
    private readonly throttle: Throttle,
    private readonly store: PackageStore,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** Throws PushNotWanted or PushNotNow. */
  async plan(uuid: string): Promise<PushPlan> {
    const { content, transfer } = await this.goal(uuid);
    const verified = BlockMap.from(blockCount(content.size), transfer?.verified ?? null);
    return { bitmap: verified.toBuffer().toString('base64'), manifest: manifestOf(content) !== null };
  }

  async takeManifest(peer: Peer, uuid: string, manifest: Buffer): Promise<void> {
    const { content } = await this.goal(uuid);
    if (manifest.length !== blockCount(content.size) * BLOCK_HASH_BYTES || sha256Hex(manifest) !== content.manifestSha256) {
      await this.refuse(peer, content, `${peer.name} pushed a chunk list that does not match the entry.`);
    }
    await this.contents.setManifest(uuid, manifest);
  }

  async takeBlock(peer: Peer, uuid: string, index: number, block: Buffer): Promise<void> {
    const goal = await this.goal(uuid);
    const { content } = goal;
    if (index >= blockCount(content.size)) throw new PushWrong(`This content has ${blockCount(content.size)} blocks.`);
    const manifest = manifestOf(content);
    if (!manifest) throw new PushNeedsManifest();
    await this.throttle.take('download', peer.iss, block.length);
    if (block.length !== blockLength(content.size, index) || !(await sha1Of(block)).equals(blockHash(manifest, index))) {
      await this.refuse(peer, content, `${peer.name} pushed blocks with wrong content.`);
    }
    await this.begin(peer, goal);
    await this.store.writeStaging(stagingIdOf(uuid), content.size, index * BLOCK_BYTES, block);
    await this.writeDown(peer, content, index);
  }

  private async goal(uuid: string): Promise<Goal> {
    const suspension = await this.limits.suspension();
    if (suspension) throw new PushNotNow(suspension.reason);
    const [wanted] = await this.packages.findWanted([uuid]);
    const content = wanted === undefined ? null : await this.contents.find(uuid);
    if (content?.state !== 'absent') throw new PushNotWanted();
    const transfer = await this.transfers.find(uuid);
    if (transfer?.state === 'cancelled') throw new PushNotWanted();
    if (transfer && isGettingOn(transfer, this.clock.now())) throw new PushNotNow();
    return { content, transfer };
  }

  private async begin(peer: Peer, { content, transfer }: Goal): Promise<void> {
    await this.store.requireRoom(content.size - (transfer?.verifiedBytes ?? 0));
    if (transfer?.state === 'receiving') return;
    const now = this.clock.now();
    const begun = await this.db.transaction(
      async () => {
        const row = await this.pushed.begin(content, peer.iss, now);
        if (row) await this.packages.setStatus(content.uuid, 'Downloading', now);
        return row;
      },
      { canBeLost: true },
    );
    if (!begun) throw new PushNotNow();
  }

  private async writeDown({ iss }: Peer, content: Content, index: number): Promise<void> {
    const { uuid } = content;
    const verified = await this.db.transaction(
      async () => {
        const now = await this.pushed.add(content, [index], iss, this.clock.now());
        if (now?.isFull) await this.jobs.add(ContentWanted, { uuid }, { key: uuid, now: true });
        return now;
      },
      { canBeLost: true },
    );
    if (verified) return;
    // It was published while this block was written: then the file that was written to is not needed.
    if ((await this.contents.findStates([uuid])).get(uuid) !== 'absent') await this.store.discardStaging(stagingIdOf(uuid));
    throw new PushNotNow();
  }

  /** Always throws. */
  private async refuse(peer: Peer, { uuid, filename }: Content, complaint: string): Promise<never> {
    await this.refusals.note(peer, [`${filename} (${uuid}): ${complaint}`]);
    await this.pushed.complain(uuid, 'wrong-content', complaint, this.clock.now());
    throw new PushWrong(`What ${peer.name} sent is not what the entry of ${filename} promises.`);
  }
}

/** A content of one block has the hash of the whole as its list. */
const manifestOf = ({ manifest, size, sha1 }: Content): Buffer | null =>
  manifest ?? (blockCount(size) === 1 ? Buffer.from(sha1, 'hex') : null);

/** On the thread pool: many blocks may arrive at once. */
const sha1Of = async (bytes: Buffer): Promise<Buffer> => Buffer.from(await webcrypto.subtle.digest('SHA-1', bytes as Buffer<ArrayBuffer>));
