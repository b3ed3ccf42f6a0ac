import { Injectable, Logger } from '@nestjs/common';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed } from '#libs/platform/jobs/job-type.js';
import { JamfClients } from '../client/jamf-clients.js';
import { delayAfter, JamfFault } from '../client/jamf-fault.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { CompareWithJamf } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfReconciler } from './jamf-reconciler.js';

/** Compares packages with Jamf Pro every hour, and soon after a package changed. */
@Injectable()
export class CompareWithJamfHandler extends JobHandler<Record<string, never>> {
  readonly type = CompareWithJamf;
  private readonly logger = new Logger(CompareWithJamfHandler.name);

  constructor(
    private readonly connection: JamfConnectionService,
    private readonly clients: JamfClients,
    private readonly reconciler: JamfReconciler,
    private readonly leadership: JamfLeadership,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const saved = await this.connection.find();
    if (saved === null || !(await this.leadership.mayCompare(saved))) return;
    try {
      const client = this.clients.patient(this.connection.credentialsOf(saved), signal);
      await this.connection.noteCompared(saved, await this.reconciler.run(saved, client, signal));
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      if (!(error instanceof JamfFault)) throw error;
      await this.failed(saved, error);
    }
  }

  private async failed(saved: JamfConnection, fault: JamfFault): Promise<never> {
    this.logger.warn(`Packages could not be compared with Jamf Pro: ${fault.message}`);
    await this.connection.noteFailed(saved, fault.message);
    throw new JobPostponed(delayAfter(fault), fault.message);
  }
}
