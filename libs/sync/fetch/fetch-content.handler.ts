import { Injectable, Logger } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { eventOf } from '#libs/packages/event-of.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { VerificationService } from '#libs/packages/integrity/verification.service.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { DiskFull } from '#libs/platform/errors/common.errors.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed } from '#libs/platform/jobs/job-type.js';
import { transferBytes, transfers } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { traced } from '#libs/platform/tracing/spans.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { ContentFetcher } from './content-fetcher.js';
import { FetchCancelled, FetchGaveWay, FetchStopped } from './fetch.errors.js';
import { ReplicationLimits, type Suspension } from '../limits/replication-limits.js';
import { damagedIdOf, stagingIdOf } from '#libs/packages/staging-id.js';
import { SourceSearch } from './source-search.js';
import { SmallContents } from './small-content-fetcher.js';
import { type SlotRequest, TransferSlots } from './transfer-slots.js';
import { TransitCopies } from '../transit/transit-copies.js';
import { TransferRepository } from '../transfers/transfer.repository.js';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 300_000;
/** Packages that wait for a place; the rest gives way, so that small ones find one of this process's. */
const MOST_WAITING = 2;
/** A full disk is checked again after this long, in milliseconds. */
const DISK_WAIT_MS = 30_000;

/** These need no administrator: they resume automatically. */
const waitingCodes = ['no-source', 'stalled', 'paused', 'outside-window'];

/** A push of which nothing came for this long is over, in milliseconds. */
const PUSH_WAIT_MS = 15_000;
const PUSHED = 'A firewalled server pushes it here.';

/** Every block is recorded as verified: no source is needed. */
const isWhole = (transfer: Transfer | null): boolean =>
  transfer !== null && transfer.state !== 'done' && transfer.verifiedBytes === transfer.size;

/** The wait before a transfer is tried again, with jitter: a peer that gains the content wakes it sooner. */
const waitAfter = (attempts: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, attempts)) * (0.5 + Math.random() / 2);

/** Looks after one wanted content until it is here or no longer wanted (MESH §6.1). */
@Injectable()
export class FetchContentHandler extends JobHandler<{ uuid: string }> {
  readonly type = ContentWanted;
  private readonly logger = new Logger(FetchContentHandler.name);

  constructor(
    private readonly db: Database,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly transfers: TransferRepository,
    private readonly fetcher: ContentFetcher,
    private readonly small: SmallContents,
    private readonly verification: VerificationService,
    private readonly events: DomainEvents,
    private readonly store: PackageStore,
    private readonly limits: ReplicationLimits,
    private readonly slots: TransferSlots,
    private readonly transit: TransitCopies,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run({ uuid }: { uuid: string }, { signal }: JobContext): Promise<void> {
    const goal = await this.findGoal(uuid);
    if (!goal) return this.abandon(uuid);
    const suspension = await this.limits.suspension();
    if (suspension) return this.suspend(goal, suspension);
    try {
      // Small packages come beside the others: what takes hours must not hold up what takes a moment.
      if (goal.size <= BLOCK_BYTES) await this.fetch(uuid, signal);
      else await this.slots.hold(this.placeFor(uuid), signal, () => this.fetch(uuid, signal));
    } catch (error) {
      throw signal.aborted ? new JobInterrupted() : error;
    }
  }

  private placeFor(uuid: string): SlotRequest<{ uuid: string }> {
    const most = () => this.limits.maxTransfers();
    return { pool: 'packages', most, mostWaiting: MOST_WAITING, type: this.type, payload: { uuid }, key: uuid };
  }

  private async fetch(uuid: string, signal: AbortSignal): Promise<void> {
    const goal = await this.findGoal(uuid); // anew: it may have waited for a slot
    if (!goal) return this.abandon(uuid);
    const known = await this.transfers.find(uuid);
    if (known?.state === 'cancelled') return this.store.discardStaging(stagingIdOf(uuid));
    if (await this.verification.adopt(goal)) return this.abandon(uuid);
    const isTransit = goal.status === 'Withdrawn';
    if (!isWhole(known) && !isTransit && (await this.small.fetchWith(goal, signal))) return;
    const search = isWhole(known) ? SourceSearch.of([]) : await this.fetcher.findSources(goal, signal);
    if (search.sources.length === 0 && this.isComing(known)) throw new JobPostponed(PUSH_WAIT_MS, PUSHED);
    const transfer = await this.begin(goal);
    if (!transfer) return search.stop();
    let source: string | null;
    try {
      const attributes = { 'ods.package.uuid': uuid, 'ods.package.size': goal.size, 'ods.transfer.sources': search.sources.length };
      source = await traced({ name: 'transfer', kind: 'inside', attributes }, () => this.fetcher.fetch(goal, transfer, search, signal));
    } catch (error) {
      search.stop();
      if (error instanceof FetchGaveWay) throw new JobPostponed(PUSH_WAIT_MS, PUSHED);
      if (error instanceof FetchCancelled) return this.store.discardStaging(stagingIdOf(uuid));
      await this.stopped(goal, transfer, error, signal);
      return;
    }
    const now = this.clock.now();
    const done = {
      ...(source !== null && { sourceIss: source }), // most end before a checkpoint would have recorded it
      state: 'done',
      verified: null,
      verifiedBytes: goal.size,
      receivedBytes: goal.size,
      errorCode: null,
      lastError: null,
      finishedMs: now,
      updatedMs: now,
    } as const;
    await this.transfers.end(uuid, done);
    transfers.inc({ outcome: 'done' });
    transferBytes.inc(goal.size);
    this.logger.log(`${goal.filename} (${goal.size} bytes) has arrived.`);
  }

  /** A firewalled peer is pushing it, and has not fallen silent (MESH §7). */
  private isComing(known: Transfer | null): boolean {
    return known?.state === 'receiving' && !isWhole(known) && this.clock.now() - known.updatedMs < PUSH_WAIT_MS;
  }

  /** The catalog entry, when its content is still wanted here and absent. */
  private async findGoal(uuid: string): Promise<Package | null> {
    const row = await this.packages.findByUuid(uuid);
    if (!row || row.deleted || row.status === 'Public') return null;
    if (row.status === 'Withdrawn' && !(await this.transit.isFor(row))) return null;
    return (await this.contents.findStates([uuid])).get(uuid) === 'absent' ? row : null;
  }

  /** Always throws. */
  private async suspend(goal: Package, { code, reason, waitMs }: Suspension): Promise<never> {
    await this.transfers.suspend(goal, this.clock.now(), code, reason);
    throw new JobPostponed(waitMs * (1 + Math.random() / 20), reason);
  }

  /** Null when it was cancelled meanwhile. */
  private begin(goal: Package): Promise<Transfer | null> {
    const now = this.clock.now();
    return this.db.transaction(
      async () => {
        const transfer = await this.transfers.begin(goal, now);
        if (transfer && goal.status !== 'Withdrawn') await this.packages.setStatus(goal.uuid, 'Downloading', now);
        return transfer;
      },
      { canBeLost: true },
    );
  }

  private async abandon(uuid: string): Promise<void> {
    for (const id of [stagingIdOf(uuid), damagedIdOf(uuid)]) await this.store.discardStaging(id);
    const known = await this.transfers.find(uuid);
    if (known && known.state !== 'done') await this.transfers.remove(uuid);
  }

  /** Records why it stopped, and when it resumes. Throws, unless it is a transit copy that cannot be had now. */
  private async stopped(goal: Package, transfer: Transfer, error: unknown, signal: AbortSignal): Promise<void> {
    const { uuid, filename } = goal;
    const now = this.clock.now();
    if (signal.aborted) {
      await this.transfers.end(uuid, { state: 'queued', updatedMs: now });
      throw new JobInterrupted();
    }
    const isDisk = error instanceof DiskFull || ['ENOSPC', 'EDQUOT'].includes((error as { code?: string }).code ?? '');
    const code = error instanceof FetchStopped ? error.code : isDisk ? 'disk-full' : 'failed';
    transfers.inc({ outcome: code });
    if (goal.status === 'Withdrawn' && waitingCodes.includes(code)) return this.abandon(uuid); // whoever wants it asks again
    const lastError = isDisk ? new DiskFull().message : (error as Error).message;
    const isWaiting = isDisk || waitingCodes.includes(code);
    await this.db.transaction(
      async () => {
        if (isDisk) await this.reportFullDisk(goal, transfer);
        if (!isWaiting && transfer.errorCode !== code)
          await this.events.record('package.sync_failed', { ...eventOf(goal), code, reason: lastError });
        if (goal.status !== 'Withdrawn') await this.packages.setStatus(uuid, isWaiting ? 'Waiting' : 'Failed', now);
        await this.transfers.end(uuid, { state: isWaiting ? 'waiting' : 'failed', errorCode: code, lastError, updatedMs: now });
      },
      { canBeLost: true },
    );
    if (code === 'content-mismatch') await this.store.discardStaging(stagingIdOf(uuid));
    if (!isWaiting) this.logger.warn(`${filename} could not be fetched: ${lastError}`);
    const suspension = await this.limits.suspension();
    throw new JobPostponed(suspension?.waitMs ?? (isDisk ? DISK_WAIT_MS : waitAfter(transfer.attempts)), lastError);
  }

  /** Once for all that wait for room: the first of them reports it. */
  private async reportFullDisk({ filename, size }: Package, { verifiedBytes }: Transfer): Promise<void> {
    if ((await this.transfers.findWaitingFor(['disk-full'], 0, 1)).length > 0) return;
    const room = { free_bytes: await this.store.freeBytes(), needed_bytes: size - verifiedBytes };
    await this.events.record('disk.low', { ...room, filename });
  }
}
