import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Package, wantedStatuses } from '#libs/entities/package.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { damagedIdOf, stagingIdOf } from '#libs/packages/staging-id.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { blockDigest } from '#libs/platform/crypto/block-digest.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { type JobBatch, JobBatcher } from '#libs/platform/jobs/job-batcher.js';
import { transferBytes, transfers } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { traced } from '#libs/platform/tracing/spans.js';
import { PeerCircuits } from '#libs/peers/client/peer-circuits.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { whileItFlows } from '#libs/peers/client/while-it-flows.js';
import { isListOf, type RootName } from '#libs/replication/content-root.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { BATCH_BYTES, BATCH_LIMIT } from '../serve/content-batch.js';
import { type Frame, readFrames } from '../serve/content-frames.js';
import { ContentSources } from './content-sources.js';
import { type ArrivedSmall, SmallRace } from './small-race.js';
import { Throttle } from '../limits/throttle.js';
import { TransferRepository } from '../transfers/transfer.repository.js';

type Request = { readonly uuid: string };

/** Waiting jobs that are searched for small ones. */
const SEEN_JOBS = 4 * BATCH_LIMIT;
/** A peer that gave no batch is not asked for another one for so long, in milliseconds. */
const REFUSAL_MS = 60_000;
/** Larger ones that would take longer than `LONG_MS` are fetched one by one, so that each byte of them is kept. */
const ALWAYS_TOGETHER_BYTES = 262_144;
const LONG_MS = 5_000;
/** The beginning of a content that was cut off is kept from this length on. */
const WORTH_KEEPING_BYTES = 65_536;
/** What has come is made public this often, in milliseconds. */
const PUBLISH_MS = 500;
const FIRST_PIECE_BYTES = 65_536;

/**
 * Fetches small packages many at a time: one request, one transaction, where each would have several of its own (MESH §6). It only takes
 * from the front what goes well; whatever does not come this way is fetched by its own job, which also says why when it cannot be.
 */
@Injectable()
export class SmallContents {
  private readonly logger = new Logger(SmallContents.name);
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly batch: JobBatcher,
    private readonly sources: ContentSources,
    private readonly client: PeerClient,
    private readonly circuits: PeerCircuits,
    private readonly throttle: Throttle,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly transfers: TransferRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly store: PackageStore,
    private readonly db: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** True when `goal` came in, with others that wait as it does; false when it has to be fetched alone. */
  async fetchWith(goal: Package, signal: AbortSignal): Promise<boolean> {
    if (goal.size > BLOCK_BYTES) return false;
    const peers = await this.findPeers();
    const [best] = peers;
    if (!best || (await this.isBetterAlone(goal, best))) return false;
    const rows = new Map<string, Package>([[goal.uuid, goal]]);
    const batch = await this.batch.take(ContentWanted, SEEN_JOBS, (requests) => this.choose(requests, { goal, best, rows }));
    try {
      if (batch.payloads.length === 0) return false;
      const wanted = [goal, ...batch.payloads.map(({ uuid }) => rows.get(uuid)!)];
      const both = AbortSignal.any([signal, batch.lost]);
      const start = { name: 'transfer of small packages', kind: 'inside', attributes: { 'ods.transfer.packages': wanted.length } } as const;
      return (await traced(start, () => this.bring(peers, wanted, batch, both))).has(goal.uuid);
    } catch (error) {
      if (signal.aborted) throw error;
      this.logger.debug(`No batch of small packages: ${(error as Error).message}`);
      return false;
    } finally {
      await batch.release();
    }
  }

  private async findPeers(): Promise<Peer[]> {
    const now = this.clock.now();
    const peers = await this.sources.candidates();
    return peers.filter(
      ({ iss, unreachableSinceMs }) =>
        unreachableSinceMs === null && !this.circuits.isOpen(iss) && (this.refusedUntil.get(iss) ?? 0) <= now,
    );
  }

  /** One that takes long is fetched so that each byte is kept, and so is one that has come in part. */
  private async isBetterAlone({ uuid, size }: Package, best: Peer): Promise<boolean> {
    if (size <= WORTH_KEEPING_BYTES) return false;
    return this.takesLong(size, best) || (await this.store.partsOf(stagingIdOf(uuid)).sizes()).size > 0;
  }

  private takesLong(size: number, { iss }: Peer): boolean {
    return size > ALWAYS_TOGETHER_BYTES && (this.circuits.flowMs(iss, size) ?? 0) > LONG_MS;
  }

  /** Small ones that are not cancelled, as many as one batch holds; their rows are put into `rows`. */
  private async choose(
    requests: readonly Request[],
    { goal, best, rows }: { goal: Package; best: Peer; rows: Map<string, Package> },
  ): Promise<ReadonlySet<Request>> {
    const uuids = requests.map(({ uuid }) => uuid);
    const known = new Map((await this.packages.findByUuids(uuids)).map((row) => [row.uuid, row]));
    const cancelled = await this.transfers.findCancelled(uuids);
    const chosen = new Set<Request>();
    let bytes = goal.size;
    for (const input of requests) {
      const row = known.get(input.uuid);
      const isFit = row && row.size <= BLOCK_BYTES && !row.deleted && wantedStatuses.includes(row.status) && !cancelled.has(row.uuid);
      if (!isFit || rows.has(row.uuid) || bytes + row.size > BATCH_BYTES || this.takesLong(row.size, best)) continue;
      rows.set(row.uuid, row);
      chosen.add(input);
      bytes += row.size;
      if (chosen.size === BATCH_LIMIT - 1) break;
    }
    return chosen;
  }

  /** Makes each `Public` soon after it has come. Answers the uuids of what is served now. */
  private async bring(
    peers: readonly Peer[],
    wanted: readonly Package[],
    batch: JobBatch<Request>,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    await this.store.requireRoom(wanted.reduce((sum, { size }) => sum + size, 0));
    const race = new SmallRace<Peer, Package>({
      ...{ wanted, peers, now: () => performance.now() },
      ask: (peer, rows, on, both) => this.receive(peer, rows, on, both),
      expectedMs: ({ iss }, bytes) => this.circuits.expectedMs(iss, bytes),
    });
    const served = new Set<string>();
    let isOver = false;
    const run = race.run(signal).finally(() => (isOver = true));
    run.catch(() => undefined); // awaited below
    while (!isOver) {
      await Promise.race([run, sleep(PUBLISH_MS)]);
      for (const uuid of await this.publish(race.take(), batch, signal)) served.add(uuid);
      race.offer(await this.findPeers());
    }
    await run;
    return served;
  }

  private async publish(arrived: readonly ArrivedSmall<Peer, Package>[], batch: JobBatch<Request>, signal: AbortSignal): Promise<string[]> {
    if (arrived.length === 0) return [];
    signal.throwIfAborted();
    await this.store.publishWhole(
      arrived.map(({ goal, bytes }) => ({ uuid: goal.uuid, stagingId: stagingIdOf(goal.uuid), bytes, lastModifiedMs: goal.createdMs })),
    );
    const givers = new Map(arrived.map(({ goal, peer }) => [goal.uuid, peer.iss]));
    const served = await this.db.transaction(
      async () => {
        const rows = await this.catalog.markHeldMany(arrived.map(({ goal, bytes }) => ({ uuid: goal.uuid, manifest: manifestOf(bytes) })));
        const uuids = new Set(rows.map(({ uuid }) => uuid));
        await this.transfers.insertDone(
          rows.map((row) => ({ ...row, sourceIss: givers.get(row.uuid)! })),
          this.clock.now(),
        );
        await batch.finish(({ uuid }) => uuids.has(uuid));
        return rows;
      },
      { canBeLost: true },
    );
    await Promise.all(served.map(({ uuid }) => this.store.discardStaging(damagedIdOf(uuid))));
    await this.links.settleMany(served.map(({ filenameKey }) => filenameKey));
    transfers.inc({ outcome: 'done' }, served.length);
    transferBytes.inc(served.reduce((sum, { size }) => sum + size, 0));
    const names = [...new Set(arrived.map(({ peer }) => peer.name))].join(', ');
    this.logger.log(`${served.length} small packages have arrived from ${names}.`);
    return served.map(({ uuid }) => uuid);
  }

  /** Asks a peer for what it has of them; what comes is checked. Does not reject: another peer may have what this one does not give. */
  private async receive(
    peer: Peer,
    wanted: readonly Package[],
    on: { arrived(row: Package, bytes: Buffer): void; flowed(bytes: number): void },
    signal: AbortSignal,
  ): Promise<void> {
    const query = { uuids: wanted.map(({ uuid }) => uuid).join(',') };
    const meter = this.circuits.meterOf(peer.iss);
    const rows = new Map(wanted.map((row) => [row.uuid, row]));
    const sizes = new Map(wanted.map(({ uuid, size }) => [uuid, size]));
    const roots = await this.contents.findRoots(wanted.map(({ uuid }) => uuid));
    try {
      const { body } = await this.client.stream(peer, '/api/ods/contents', { query, signal });
      meter.start(performance.now()); // from the head on: how long that takes is no rate
      const stop = () => body.destroy();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const pieces = this.withinLimits(peer, body, on, signal);
        for await (const { uuid, bytes } of readFrames(pieces, sizes, (begun) => this.keep(begun))) {
          if (isRight(rows.get(uuid)!, roots.get(uuid), bytes)) on.arrived(rows.get(uuid)!, bytes);
        }
      } finally {
        meter.stop(performance.now());
        signal.removeEventListener('abort', stop);
        body.destroy();
      }
    } catch (error) {
      if (signal.aborted) return;
      this.refusedUntil.set(peer.iss, this.clock.now() + REFUSAL_MS);
      this.logger.debug(`${peer.name} gave no whole batch of small packages: ${(error as Error).message}`);
    }
  }

  /** The beginning of one that was cut off: the next request for it asks for the rest. */
  private async keep({ uuid, bytes }: Frame): Promise<void> {
    if (bytes.length > WORTH_KEEPING_BYTES) await this.store.partsOf(stagingIdOf(uuid)).write(0, 0, bytes);
  }

  /** The body within our own limits. */
  private async *withinLimits(
    peer: Peer,
    body: Readable,
    on: { flowed(bytes: number): void },
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    const meter = this.circuits.meterOf(peer.iss);
    for await (const whole of whileItFlows(body, this.config.get('PEER_TIMEOUT_MS'), peer.name)) {
      meter.add(whole.length, performance.now());
      this.circuits.heard(peer.iss);
      for (let at = 0, most = FIRST_PIECE_BYTES; at < whole.length;) {
        const piece = whole.subarray(at, at + most);
        most = await this.throttle.take('download', peer.iss, piece.length, signal);
        meter.skip(performance.now());
        on.flowed(piece.length);
        at += piece.length;
        yield piece;
      }
    }
  }
}

const manifestOf = (bytes: Buffer): Buffer => (bytes.length === 0 ? Buffer.alloc(0) : createHash('sha1').update(bytes).digest());

/** Whether the bytes are what the entry promises. */
function isRight(row: Package, root: RootName | undefined, bytes: Buffer): boolean {
  if (root && !isListOf(root, bytes.length, bytes.length === 0 ? bytes : blockDigest(root.algorithm, bytes))) return false;
  const sha1 = createHash('sha1').update(bytes).digest('hex');
  return sha1 === row.sha1 && sha256Hex(bytes) === row.sha256 && sha256Hex(manifestOf(bytes)) === row.manifestSha256;
}
