import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type Package, wantedStatuses } from '#libs/entities/package.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Catalog } from '#libs/packages/catalog.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { stagingIdOf } from '#libs/packages/staging-id.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { type Company, JobCompany } from '#libs/platform/jobs/job-company.js';
import { transferBytes, transfers } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { traced } from '#libs/platform/tracing/spans.js';
import { PeerClient } from '#libs/registration/peer-client.js';
import { PeerRefused, PeerUnreachable } from '#libs/registration/registration.errors.js';
import { whileItFlows } from '#libs/registration/while-it-flows.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { BATCH_BYTES, BATCH_LIMIT } from './content-batch.js';
import { readFrames } from './content-frames.js';
import { ContentSources } from './content-sources.js';
import { Throttle } from './throttle.js';
import { TransferRepository } from './transfer.repository.js';

type Wish = { readonly uuid: string };

/** A content that came in and is what its entry says. */
interface Arrived {
  readonly row: Package;
  readonly bytes: Buffer;
  readonly manifest: Buffer;
}

/** Waiting jobs that are looked at for small ones. */
const SEEN_JOBS = 4 * BATCH_LIMIT;
/** A peer that gave no batch is not asked for another one for so long, in milliseconds. */
const REFUSAL_MS = 60_000;

/**
 * Fetches small packages many at a time: one request, one transaction, where each by itself would have several (MESH §6). It only takes
 * from the front what goes well; whatever does not come this way is fetched by its own job, which also says why when it cannot be.
 */
@Injectable()
export class SmallContents {
  private readonly logger = new Logger(SmallContents.name);
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly company: JobCompany,
    private readonly sources: ContentSources,
    private readonly client: PeerClient,
    private readonly throttle: Throttle,
    private readonly packages: PackageRepository,
    private readonly transfers: TransferRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly store: PackageStore,
    private readonly db: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** True when `goal` came in, with others that wait as it does; false when it has to be fetched by itself. */
  async fetchWith(goal: Package, signal: AbortSignal): Promise<boolean> {
    if (goal.size > BLOCK_BYTES) return false;
    const peer = await this.findPeer();
    if (!peer) return false;
    const rows = new Map<string, Package>([[goal.uuid, goal]]);
    const company = await this.company.take(ContentWanted, SEEN_JOBS, (wishes) => this.choose(wishes, goal, rows));
    try {
      if (company.payloads.length === 0) return false;
      const wanted = [goal, ...company.payloads.map(({ uuid }) => rows.get(uuid)!)];
      const both = AbortSignal.any([signal, company.lost]);
      const start = { name: 'transfer of small packages', kind: 'inside', facts: { 'ods.transfer.packages': wanted.length } } as const;
      return (await traced(start, () => this.bring(peer, wanted, company, both))).has(goal.uuid);
    } catch (error) {
      if (signal.aborted) throw error;
      this.refusedUntil.set(peer.iss, this.clock.now() + REFUSAL_MS);
      this.logger.debug(`${peer.name} gave no batch of small packages: ${(error as Error).message}`);
      return false;
    } finally {
      await company.release();
    }
  }

  private async findPeer(): Promise<Peer | null> {
    const now = this.clock.now();
    const peers = await this.sources.candidates();
    return peers.find(({ iss, unreachableSinceMs }) => unreachableSinceMs === null && (this.refusedUntil.get(iss) ?? 0) <= now) ?? null;
  }

  /** Small ones that nobody has cancelled, as many as one batch holds; their rows are put into `rows`. */
  private async choose(wishes: readonly Wish[], goal: Package, rows: Map<string, Package>): Promise<ReadonlySet<Wish>> {
    const uuids = wishes.map(({ uuid }) => uuid);
    const known = new Map((await this.packages.findByUuids(uuids)).map((row) => [row.uuid, row]));
    const cancelled = await this.transfers.findCancelled(uuids);
    const chosen = new Set<Wish>();
    let bytes = goal.size;
    for (const wish of wishes) {
      const row = known.get(wish.uuid);
      const isFit = row && row.size <= BLOCK_BYTES && !row.deleted && wantedStatuses.includes(row.status) && !cancelled.has(row.uuid);
      if (!isFit || rows.has(row.uuid) || bytes + row.size > BATCH_BYTES) continue;
      rows.set(row.uuid, row);
      chosen.add(wish);
      bytes += row.size;
      if (chosen.size === BATCH_LIMIT - 1) break;
    }
    return chosen;
  }

  /** Answers the uuids of what is served now. */
  private async bring(peer: Peer, wanted: readonly Package[], company: Company<Wish>, signal: AbortSignal): Promise<ReadonlySet<string>> {
    await this.store.requireRoom(wanted.reduce((sum, { size }) => sum + size, 0));
    const arrived = await this.receive(peer, wanted, signal);
    if (arrived.length === 0) throw new PeerUnreachable(`${peer.name} has none of ${wanted.length} small packages.`);
    signal.throwIfAborted();
    await this.store.publishWhole(
      arrived.map(({ row, bytes }) => ({ uuid: row.uuid, stagingId: stagingIdOf(row.uuid), bytes, lastModifiedMs: row.createdMs })),
    );
    const served = await this.db.transaction(
      async () => {
        const rows = await this.catalog.gainedMany(arrived.map(({ row, manifest }) => ({ uuid: row.uuid, manifest })));
        const uuids = new Set(rows.map(({ uuid }) => uuid));
        await this.transfers.insertDone(rows, peer.iss, this.clock.now());
        await company.finish(({ uuid }) => uuids.has(uuid));
        return rows;
      },
      { canBeLost: true },
    );
    await this.links.settleMany(served.map(({ filenameKey }) => filenameKey));
    transfers.inc({ outcome: 'done' }, served.length);
    transferBytes.inc(served.reduce((sum, { size }) => sum + size, 0));
    this.logger.log(`${served.length} small packages have arrived from ${peer.name}.`);
    return new Set(served.map(({ uuid }) => uuid));
  }

  /** What the peer has of them, checked. */
  private async receive(peer: Peer, wanted: readonly Package[], signal: AbortSignal): Promise<Arrived[]> {
    const query = { uuids: wanted.map(({ uuid }) => uuid).join(',') };
    const { body } = await this.client.stream(peer, '/api/ods/contents', { query, signal });
    const rows = new Map(wanted.map((row) => [row.uuid, row]));
    const arrived: Arrived[] = [];
    try {
      for await (const { uuid, bytes } of readFrames(
        this.withinLimits(peer, body, signal),
        new Map(wanted.map(({ uuid, size }) => [uuid, size])),
      )) {
        const checked = check(rows.get(uuid)!, bytes);
        if (checked) arrived.push(checked);
      }
    } catch (error) {
      if (arrived.length === 0 || signal.aborted || error instanceof PeerRefused) throw error; // else: what is here is right, and is kept
    } finally {
      body.destroy();
    }
    return arrived;
  }

  /** The body within our own limits. */
  private async *withinLimits(peer: Peer, body: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const piece of whileItFlows(body, this.config.get('PEER_TIMEOUT_MS'), peer.name)) {
      await this.throttle.take('download', peer.iss, piece.length, signal);
      yield piece;
    }
  }
}

/** Null when the bytes are not what the entry promises. */
function check(row: Package, bytes: Buffer): Arrived | null {
  const manifest = row.size === 0 ? Buffer.alloc(0) : createHash('sha1').update(bytes).digest();
  const sha1 = row.size === 0 ? createHash('sha1').digest('hex') : manifest.toString('hex');
  const isRight = sha1 === row.sha1 && sha256Hex(bytes) === row.sha256 && sha256Hex(manifest) === row.manifestSha256;
  return isRight ? { row, bytes, manifest } : null;
}
