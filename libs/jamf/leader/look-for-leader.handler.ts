import { Injectable, Logger } from '@nestjs/common';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { PublishSummary } from '#libs/network/network.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfClients } from '../client/jamf-clients.js';
import { JamfFault, type JamfFaultKind } from '../client/jamf-fault.js';
import { versionOf } from '../connection/connection-test.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { COMPARE_KEY, ComparePoints, CompareWithJamf, LookForLeader } from '../jamf.jobs.js';
import { JamfLeadership } from './jamf-leadership.js';

/** A Jamf Pro server that takes longer does not count as one that answers, in milliseconds. */
const ANSWER_MS = 30_000;
/** Of the interval: with the jitter of jobs two looks, of which one may fail, still lie within two intervals. */
const SHARE_OF_INTERVAL = 0.8;
/** Intervals for which one that is refused is left alone: more sign-ins could lock the account. It does not come first meanwhile. */
const rests: Readonly<Partial<Record<JamfFaultKind, number>>> = { sign_in_refused: 3, forbidden: 3, edge_refused: 12 };

/** Asks Jamf Pro whether it answers, and looks which of the connected servers keeps it in step. */
@Injectable()
export class LookForLeaderHandler extends JobHandler<Record<string, never>> {
  readonly type: typeof LookForLeader;
  private readonly logger = new Logger(LookForLeaderHandler.name);

  constructor(
    private readonly connection: JamfConnectionService,
    private readonly clients: JamfClients,
    private readonly leadership: JamfLeadership,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {
    super();
    this.type = { ...LookForLeader, everyMs: Math.round(leadership.intervalMs * SHARE_OF_INTERVAL) };
  }

  async run(): Promise<void> {
    const saved = await this.connection.find();
    if (saved === null) return;
    const answer = await this.ask(saved);
    const look = await this.leadership.look(saved, typeof answer === 'string');
    if (look === null) return;
    await this.jobs.add(PublishSummary, {}, { key: 'self' });
    if (look.begins) await this.begin();
    // While this server compares, that says whether Jamf Pro does what it should.
    if (!(await this.leadership.mayCompare({ ...saved, ...(await this.connection.find()) }))) await this.note(saved, answer);
    const rest = answer instanceof JamfFault ? (rests[answer.kind] ?? 0) : 0;
    if (answer instanceof JamfFault && rest > 0) throw new JobPostponed(rest * this.leadership.intervalMs, answer.message);
    const waitMs = (look.leadsFromMs ?? 0) - this.clock.now();
    if (waitMs > 0 && waitMs < this.type.everyMs!) throw new JobPostponed(waitMs, 'This server takes over then.');
  }

  /** The version of Jamf Pro, or why it did not say it. */
  private async ask(saved: JamfConnection): Promise<string | JamfFault> {
    try {
      return await versionOf(this.clients.prompt(this.connection.credentialsOf(saved), ANSWER_MS));
    } catch (error) {
      if (error instanceof JamfFault) return error;
      throw error;
    }
  }

  private async begin(): Promise<void> {
    this.logger.log('This server keeps Jamf Pro in step from now on.');
    await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
    await this.jobs.add(ComparePoints, {}, { key: COMPARE_KEY, now: true });
  }

  private async note(saved: JamfConnection, answer: string | JamfFault): Promise<void> {
    if (answer instanceof JamfFault) await this.connection.noteFailed(saved, answer.message);
    else await this.connection.noteReached(saved, answer);
  }
}
