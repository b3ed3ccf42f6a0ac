import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { whileItFlows } from '#libs/peers/client/while-it-flows.js';
import { PeerCircuits } from '#libs/peers/client/peer-circuits.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerRefused } from '#libs/peers/peers.errors.js';
import { BLOCK_BYTES, BLOCK_HASH_BYTES, blockCount, BlockMap } from '#libs/replication/blocks.js';
import { BLOCK_DIGEST_BYTES, isListOf, type RootName } from '#libs/replication/content-root.js';
import { FetchStopped } from './fetch.errors.js';
import { firstOf } from './first-of.js';
import { SourceSearch } from './source-search.js';

/** A peer that has given no chunk list by then is not waited for alone, in milliseconds. */
const IMPATIENT_MS = 1_000;
/** What a block is expected to take from a peer of which nothing is known, in milliseconds. */
const UNKNOWN_MS = 1_000;

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

/** A list that a peer is asked for. */
interface ListRequest {
  readonly what: string;
  readonly query: Record<string, string>;
  /** What is read of the answer at most. */
  readonly bytes: number;
  /** Answers the list, or throws when it is another one. */
  readonly check: (found: Buffer) => Buffer;
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
    private readonly circuits: PeerCircuits,
    private readonly config: Config,
  ) {}

  /**
   * Peers that may be asked, the best first: those that answer before those that did not, those from which a block likely comes sooner
   * before the others, those seen most recently before those that fell silent.
   */
  async candidates(): Promise<Peer[]> {
    const peers = (await this.peers.findAll()).filter(({ firewalledMode, paused }) => !firewalledMode && !paused);
    const rank = ({ iss, unreachableSinceMs, lastSeenMs }: Peer): number[] => [
      Number(unreachableSinceMs !== null || this.circuits.isOpen(iss)),
      this.circuits.expectedMs(iss, BLOCK_BYTES) ?? UNKNOWN_MS,
      -(lastSeenMs ?? 0),
    ];
    const ranks = new Map(peers.map((peer) => [peer, rank(peer)]));
    return peers.sort((a, b) => compare(ranks.get(a)!, ranks.get(b)!));
  }

  /** Asks all candidates at once; those that know nothing of it, or do not answer, are left out. */
  async search(wanted: Wanted, signal: AbortSignal): Promise<SourceSearch> {
    const candidates = await this.candidates();
    return new SourceSearch((both) => candidates.map((peer) => this.ask(peer, wanted, both)), signal);
  }

  /** The same, when all have answered or were given up. */
  async find(wanted: Wanted, signal: AbortSignal): Promise<readonly Source[]> {
    const search = await this.search(wanted, signal);
    await search.ended;
    signal.throwIfAborted();
    return search.sources;
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

  /**
   * The chunk list, checked against the entry, so that it does not matter who gave it. A peer that takes long is not waited for: the
   * next one is asked as well. Throws FetchStopped.
   */
  async manifest(wanted: Wanted, search: SourceSearch, signal: AbortSignal): Promise<Buffer> {
    if (blockCount(wanted.size) <= 1) return this.checkManifest(wanted, shortManifest(wanted));
    const bytes = blockCount(wanted.size) * BLOCK_HASH_BYTES;
    const asked = { what: 'chunk list', query: {}, bytes, check: (found: Buffer) => this.checkManifest(wanted, found) };
    const manifest = await firstOf(search, IMPATIENT_MS, signal, ({ peer }, both) => this.listFrom(peer, wanted, asked, both));
    if (manifest) return manifest;
    throw new FetchStopped('no-source', 'No server that has this package gave a right chunk list.');
  }

  /** The block list that the root was made of, from any peer; null when none gives it: servers of the version before do not know it. */
  async blockList(wanted: Wanted, root: RootName, search: SourceSearch, signal: AbortSignal): Promise<Buffer | null> {
    const check = (found: Buffer): Buffer => {
      if (isListOf(root, wanted.size, found)) return found;
      throw new FetchStopped('content-mismatch', 'The block list does not match the root of the entry.');
    };
    const bytes = blockCount(wanted.size) * BLOCK_DIGEST_BYTES;
    const asked = { what: 'block list', query: { list: root.algorithm }, bytes, check };
    return firstOf(search, IMPATIENT_MS, signal, ({ peer }, both) => this.listFrom(peer, wanted, asked, both));
  }

  /** Null when it has nothing, or does not answer. */
  private async ask(peer: Peer, wanted: Wanted, signal: AbortSignal): Promise<Source | null> {
    try {
      return { peer, available: await this.availability(peer, wanted, signal) };
    } catch (error) {
      this.logger.debug(`${peer.name} does not offer ${wanted.uuid}: ${(error as Error).message}`);
      return null;
    }
  }

  private async listFrom(peer: Peer, { uuid }: Wanted, asked: ListRequest, signal: AbortSignal): Promise<Buffer | null> {
    const { what, query, bytes: expected, check } = asked;
    try {
      const { body } = await this.client.stream(peer, `/api/ods/packages/${uuid}/manifest`, { query, signal });
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of whileItFlows(body, this.config.get('PEER_TIMEOUT_MS'), peer.name)) {
        parts.push(part);
        length += part.length;
        if (length > expected) break;
      }
      body.destroy();
      return check(Buffer.concat(parts));
    } catch (error) {
      if (signal.aborted) return null;
      if (!(error instanceof PeerRefused && error.peerStatus === 404))
        this.logger.warn(`${peer.name} gave no usable ${what}: ${(error as Error).message}`);
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

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : a[at]! - b[at]!;
}
