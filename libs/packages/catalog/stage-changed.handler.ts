import { Injectable } from '@nestjs/common';
import { ServerStageChanged } from '#libs/about/about.jobs.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { Catalog } from './catalog.js';

const BATCH = 200;

/** This server's stage changed: every package is evaluated again (MESH §5). */
@Injectable()
export class StageChangedHandler extends JobHandler<Record<string, never>> {
  readonly type = ServerStageChanged;

  constructor(private readonly catalog: Catalog) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    for (let after: number | null = 0; after !== null; after = await this.catalog.replace(after, BATCH)) {
      if (signal.aborted) throw new JobInterrupted();
    }
  }
}
