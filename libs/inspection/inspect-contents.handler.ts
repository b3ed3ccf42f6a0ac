import { Injectable, Logger } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { InspectionLog } from './inspection-log.js';
import { type Outcome, runChild } from './child/run-child.js';
import { isTrailer } from './formats/dmg.js';
import { isOfKnownKind, SEEN } from './formats/inspect-source.js';
import { InspectContents } from './inspection.jobs.js';
import { metadataOf, MOST_OVERRUNS, PARSER } from './metadata-of.js';
import { PackageMetadataRepository } from '#libs/packages/titles/package-metadata.repository.js';

const BATCH = 50;

/** Starts a process only for what it could read: most files of other kinds are known by their first and last bytes. */
async function outcomeOf(file: FileHandle, signal: AbortSignal): Promise<Outcome> {
  const { size } = await file.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  };
  const [first, last] = [await read(0, SEEN.first), await read(Math.max(0, size - SEEN.last), SEEN.last)];
  return isOfKnownKind(first, last) ? runChild(file, signal, { mayStartPrograms: isTrailer(last) }) : { state: 'unknown_kind' };
}

/** Reads what contents are, after they are served: nothing waits for it. */
@Injectable()
export class InspectContentsHandler extends JobHandler<Record<string, never>> {
  readonly type = InspectContents;
  private readonly logger = new Logger(InspectContentsHandler.name);

  constructor(
    private readonly metadata: PackageMetadataRepository,
    private readonly log: InspectionLog,
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    try {
      if (await this.inspectAll(signal)) await this.metadata.removeUnknown();
    } catch (error) {
      throw signal.aborted ? new JobInterrupted() : error;
    }
  }

  /** False when nothing was due. */
  private async inspectAll(signal: AbortSignal): Promise<boolean> {
    const unreadable = new Set<string>();
    let hasWorked = false;
    for (;;) {
      const due = await this.metadata.findDue(PARSER, MOST_OVERRUNS, BATCH + unreadable.size);
      const left = due.filter(({ uuid }) => !unreadable.has(uuid));
      if (left.length === 0) return hasWorked;
      hasWorked = true;
      for (const { uuid, filename } of left) {
        signal.throwIfAborted();
        if (!(await this.inspect(uuid, filename, signal))) unreadable.add(uuid);
      }
    }
  }

  /** False when its bytes are not there: they are fetched again, and inspected then. */
  private async inspect(uuid: string, filename: string, signal: AbortSignal): Promise<boolean> {
    const file = await this.store.open(uuid).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (!file) return false;
    try {
      const started = this.clock.now();
      const outcome = await outcomeOf(file, signal);
      await this.log.write(uuid, (before) =>
        metadataOf(uuid, filename, outcome, Math.max(0, this.clock.now() - started), before?.overruns ?? 0),
      );
      if (outcome.state === 'timed_out') this.logger.warn(`The inspection of ${filename} (${uuid}) took too long and was ended.`);
      return true;
    } finally {
      await file.close();
    }
  }
}
