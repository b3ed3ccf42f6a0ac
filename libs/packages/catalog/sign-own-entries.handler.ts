import { Injectable } from '@nestjs/common';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { SignOwnEntries } from '../packages.jobs.js';
import { Catalog } from './catalog.js';

const BATCH = 100;

/** After an upgrade: what this server wrote is signed, so that other servers need not take it unsigned (ADR 12). Each start asks for it. */
@Injectable()
export class SignOwnEntriesHandler extends JobHandler<Record<string, never>> {
  readonly type = SignOwnEntries;

  constructor(private readonly catalog: Catalog) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    while ((await this.catalog.signOwn(BATCH)) > 0) {
      if (signal.aborted) throw new JobInterrupted();
    }
  }
}
