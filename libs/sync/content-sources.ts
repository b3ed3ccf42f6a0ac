import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { PeerRefused } from '#libs/registration/registration.errors.js';
import { BLOCK_HASH_BYTES, blockCount, BlockMap } from '#libs/replication/blocks.js';
import { FetchStopped } from './fetch.errors.js';

/** A peer that has some of a content, or will. */
export interface Source {
  readonly peer: Peer;
  readonly available: BlockMap;
}

export interface Wanted {
  readonly uuid: string;
  readonly size: number;
  readonly sha1: string;
  readonly manifestSha256: string;
}

interface WireAvailability {
  readonly complete?: unknown;
  readonly bitmap?: unknown;
}

/** Finds out which peers can give a content, and gets its chunk list from one of them (MESH §6.3, §6.4). */
@Injectable()
export class ContentSources {
  private readonly logger = new Logger(ContentSources.name);

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
  ) {}

  /** Peers that may be asked, those that answered last first. */
  async candidates(): Promise<Peer[]> {
    const peers = (await this.peers.findAll()).filter(({ firewalledMode, paused }) => !firewalledMode && !paused);
    return peers.sort((a, b) => Number(a.unreachableSinceMs !== null) - Number(b.unreachableSinceMs !== null));
  }

  /** Asks all candidates at once; those that know nothing of it, or do not answer, are left out. */
  async find(wanted: Wanted, signal: AbortSignal): Promise<Source[]> {
    const asked = (await this.candidates()).map(async (peer): Promise<Source | null> => {
      try {
        return { peer, available: await this.availability(peer, wanted, signal) };
      } catch (error) {
        if (signal.aborted) throw error;
        this.logger.debug(`${peer.name} does not offer ${wanted.uuid}: ${(error as Error).message}`);
        return null;
      }
    });
    return (await Promise.all(asked)).filter((source) => source !== null);
  }

  /** What a peer has of it by now; with `waitSeconds` as soon as that is more than `known` blocks. */
  async availability(peer: Peer, { uuid, size }: Wanted, signal: AbortSignal, known = -1, waitSeconds = 0): Promise<BlockMap> {
    const path = `/api/ods/packages/${uuid}/availability`;
    const timeout = waitSeconds > 0 ? { timeoutMs: (waitSeconds + 10) * 1_000 } : {};
    const answer = (await this.client.json(peer, 'GET', path, {
      query: { known, wait: waitSeconds },
      signal,
      ...timeout,
    })) as WireAvailability | null;
    const count = blockCount(size);
    if (answer?.complete === true) return BlockMap.full(count);
    return BlockMap.from(count, typeof answer?.bitmap === 'string' ? Buffer.from(answer.bitmap, 'base64') : null);
  }

  /** The chunk list, checked against the entry, so that it does not matter who gave it. Throws FetchStopped. */
  async manifest(wanted: Wanted, sources: readonly Source[], signal: AbortSignal): Promise<Buffer> {
    if (blockCount(wanted.size) <= 1) return this.checkManifest(wanted, shortManifest(wanted));
    for (const { peer } of sources) {
      const manifest = await this.manifestFrom(peer, wanted, signal);
      if (manifest) return manifest;
    }
    throw new FetchStopped('no-source', 'No server that has this package gave a right chunk list.');
  }

  private async manifestFrom(peer: Peer, wanted: Wanted, signal: AbortSignal): Promise<Buffer | null> {
    try {
      const { body } = await this.client.stream(peer, `/api/ods/packages/${wanted.uuid}/manifest`, { signal });
      const expected = blockCount(wanted.size) * BLOCK_HASH_BYTES;
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of body as AsyncIterable<Buffer>) {
        parts.push(part);
        length += part.length;
        if (length > expected) break; // leaving the loop destroys the stream
      }
      return this.checkManifest(wanted, Buffer.concat(parts));
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof PeerRefused && error.peerStatus === 404))
        this.logger.warn(`${peer.name} gave no usable chunk list: ${(error as Error).message}`);
      return null;
    }
  }

  private checkManifest({ size, manifestSha256 }: Wanted, manifest: Buffer): Buffer {
    if (manifest.length === blockCount(size) * BLOCK_HASH_BYTES && sha256Hex(manifest) === manifestSha256) return manifest;
    throw new FetchStopped('content-mismatch', 'The chunk list does not match the entry.');
  }
}

/** A content of one block has the hash of the whole as its list; an empty one has none. */
const shortManifest = ({ size, sha1 }: Wanted): Buffer => (size === 0 ? Buffer.alloc(0) : Buffer.from(sha1, 'hex'));
