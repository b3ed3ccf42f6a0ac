import { Injectable, Logger } from '@nestjs/common';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed } from '#libs/platform/jobs/job-type.js';
import { JamfClients } from '../client/jamf-clients.js';
import { delayAfter, JamfFault } from '../client/jamf-fault.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { CheckAsClient } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { ClientChecker } from './client-checker.js';

/** Tries distribution points every quarter of an hour, and when an administrator asks. */
@Injectable()
export class CheckAsClientHandler extends JobHandler<Record<string, never>> {
  readonly type = CheckAsClient;
  private readonly logger = new Logger(CheckAsClientHandler.name);

  constructor(
    private readonly connection: JamfConnectionService,
    private readonly clients: JamfClients,
    private readonly checker: ClientChecker,
    private readonly leadership: JamfLeadership,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const saved = await this.connection.find();
    if (saved === null || !(await this.leadership.mayCompare(saved))) return;
    try {
      await this.checker.run(this.clients.patient(this.connection.credentialsOf(saved), signal), signal);
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      if (!(error instanceof JamfFault)) throw error;
      this.logger.warn(`Package records could not be read to check downloads: ${error.message}`);
      throw new JobPostponed(delayAfter(error), error.message);
    }
  }
}
