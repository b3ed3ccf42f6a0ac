import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed, UnrecoverableJob } from '#libs/platform/jobs/job-type.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { PeerRefused } from '#libs/registration/registration.errors.js';
import { PushContent } from '../sync.jobs.js';
import { ContentPush } from './content-push.js';

/** A peer that looks for other sources says "not now" for a moment: worth waiting for, in milliseconds. */
const MOMENTS_MS: readonly number[] = [50, 100, 200, 400, 800];
/** A peer that fetches from another server may fail at it: asked again after this long, in milliseconds. */
const BUSY_MS = 3_000;

/** Brings one content to a peer that cannot fetch it, and forgets the wish when the peer does (MESH §7). */
@Injectable()
export class PushContentHandler extends JobHandler<{ iss: string; uuid: string }> {
  readonly type = PushContent;
  private readonly logger = new Logger(PushContentHandler.name);

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly contents: ContentRepository,
    private readonly push: ContentPush,
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
      await this.patiently(() => this.push.run(peer, content, content.manifest!, signal), signal);
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      this.judge(peer, content, error);
    }
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
  private judge({ name }: Peer, { filename }: Content, error: unknown): void {
    if (!(error instanceof PeerRefused)) throw error;
    if (error.problemCode === 'push-not-wanted') return;
    if (isNotNow(error)) throw new JobPostponed(BUSY_MS, error.message);
    if (error.problemCode !== 'push-wrong') throw error;
    this.logger.error(`${name} refuses ${filename}: the bytes on this server's disk are not what the entry promises. Verify the package.`);
    throw new UnrecoverableJob(error.message);
  }
}

const isNotNow = (error: unknown): boolean => error instanceof PeerRefused && error.problemCode === 'push-not-now';
