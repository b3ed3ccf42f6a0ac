import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { DamagedContents } from '#libs/packages/integrity/damaged-contents.js';
import { VerificationService } from '#libs/packages/integrity/verification.service.js';
import { ContentReadFailed } from '#libs/platform/http/file-body.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed, UnrecoverableJob } from '#libs/platform/jobs/job-type.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { PeerRefused, PeerResting } from '#libs/peers/peers.errors.js';
import { PushContent } from '../sync.jobs.js';
import { type SlotRequest, TransferSlots } from '../fetch/transfer-slots.js';
import { ContentPush } from './content-push.js';

/** A peer that looks for other sources says "not now" for a moment: worth waiting for, in milliseconds. */
const MOMENTS_MS: readonly number[] = [50, 100, 200, 400, 800];
/** A peer that fetches from another server may fail at it: asked again after this long, in milliseconds. */
const BUSY_MS = 3_000;

/** Pushes one content to a peer that cannot fetch it, and drops the request when the peer does (MESH §7). */
@Injectable()
export class PushContentHandler extends JobHandler<{ iss: string; uuid: string }> {
  readonly type = PushContent;
  private readonly logger = new Logger(PushContentHandler.name);

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly contents: ContentRepository,
    private readonly push: ContentPush,
    private readonly damaged: DamagedContents,
    private readonly verification: VerificationService,
    private readonly slots: TransferSlots,
    private readonly config: Config,
  ) {
    super();
  }

  async run({ iss, uuid }: { iss: string; uuid: string }, { signal }: JobContext): Promise<void> {
    const peer = await this.peers.findByIss(iss);
    const content = await this.contents.find(uuid);
    const { firewalledMode } = await this.identity.get();
    if (!peer || peer.firewalledMode || peer.paused || !firewalledMode) return;
    if (!content?.manifest || !statesOnDisk.includes(content.state)) return;
    try {
      await this.slots.hold(this.placeFor(iss, uuid), signal, () =>
        this.patiently(() => this.push.run(peer, content, content.manifest!, signal), signal),
      );
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      if (error instanceof ContentReadFailed) return this.damaged.readFailed(uuid, error);
      await this.judge(peer, content, error);
    }
  }

  /** Each server has its own places: a slow one holds up no other. */
  private placeFor(iss: string, uuid: string): SlotRequest<{ iss: string; uuid: string }> {
    const most = () => Promise.resolve(this.config.get('TRANSFER_CONCURRENCY'));
    return { pool: `to ${iss}`, most, mostWaiting: 1, type: this.type, payload: { iss, uuid }, key: `${iss}:${uuid}` };
  }

  private async patiently(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (const moment of MOMENTS_MS) {
      try {
        return await work();
      } catch (error) {
        if (!isNotNow(error)) throw error;
      }
      await sleep(moment, undefined, { signal });
    }
    return work();
  }

  /** Throws unless the peer has simply stopped wanting it. */
  private async judge({ name }: Peer, content: Content, error: unknown): Promise<void> {
    if (error instanceof PeerResting) throw new JobPostponed(error.waitMs, error.message);
    if (!(error instanceof PeerRefused)) throw error;
    if (error.problemCode === 'push-not-wanted') return;
    if (isNotNow(error)) throw new JobPostponed(BUSY_MS, error.message);
    if (error.problemCode !== 'push-wrong') throw error;
    this.logger.error(
      `${name} refuses ${content.filename}: the bytes that were sent are not what the entry promises. They are verified here.`,
    );
    if (!(await this.verification.scrub(content))) return;
    throw new UnrecoverableJob(error.message);
  }
}

const isNotNow = (error: unknown): boolean => error instanceof PeerRefused && error.problemCode === 'push-not-now';
