import { Injectable, Logger } from '@nestjs/common';
import type { JamfRecord } from '#libs/entities/jamf-record.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { DamagedContents, isDiskFault } from '#libs/packages/integrity/damaged-contents.js';
import { type Pace, pacer } from '#libs/packages/integrity/pacer.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { COMPARE_KEY, CompareWithJamf, ComputeDigests } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';
import { readDigests } from './read-digests.js';

/** Records wait for it, which background checks do not. */
const TIMES_SCRUB = 5;

/** Computes the hashes that package records wait for, one content after the other; never of bytes that are not what was promised. */
@Injectable()
export class ComputeDigestsHandler extends JobHandler<Record<string, never>> {
  readonly type = ComputeDigests;
  private readonly logger = new Logger(ComputeDigestsHandler.name);

  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
    private readonly packages: PackageRepository,
    private readonly store: PackageStore,
    private readonly damaged: DamagedContents,
    private readonly jobs: Jobs,
    private readonly leadership: JamfLeadership,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const connection = await this.connections.find();
    if (connection === null || !(await this.leadership.mayCompare(connection))) return;
    const pace = pacer(this.config.get('SCRUB_BYTES_PER_SECOND') * TIMES_SCRUB, signal);
    let computed = 0;
    try {
      for (const record of await this.records.findByState('waiting_digest')) {
        signal.throwIfAborted();
        const needsSha3 = record.hashType === 'SHA3_512' || connection.hashType === 'SHA3_512';
        if (await this.compute(record, needsSha3, pace)) computed += 1;
      }
    } catch (error) {
      throw signal.aborted ? new JobInterrupted() : error;
    }
    if (computed > 0) await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
  }

  /** False when there is nothing new to compare. */
  private async compute({ filenameKey }: JamfRecord, needsSha3: boolean, pace: Pace): Promise<boolean> {
    const row = await this.packages.findByKey(filenameKey);
    if (row === null || row.deleted || row.status !== 'Public') return false;
    const known = (await this.records.digestsOf([row.uuid])).get(row.uuid);
    if (known !== undefined && (known.sha3512 !== null || !needsSha3)) return true; // an earlier run was ended before it could say so
    const read = await this.read(row, needsSha3, pace);
    if (read === null) return false;
    const { md5, sha512, sha3512 } = read;
    await this.records.saveDigest({ uuid: row.uuid, md5, sha512, sha3512, computedMs: this.clock.now() });
    return true;
  }

  /** Null when the bytes are not there, or not what they should be. */
  private async read(row: Package, needsSha3: boolean, pace: Pace) {
    const digests = await this.digestsOnDisk(row.uuid, needsSha3, pace);
    if (digests?.sha256 === row.sha256) return digests;
    const now = await this.packages.findByKey(row.filenameKey);
    if (now?.uuid !== row.uuid || now.status !== 'Public') return null; // replaced or removed while it was read
    this.logger.error(`The content of ${row.filename} on disk is damaged; it is fetched again.`);
    await this.damaged.withdrawClaim(row.uuid);
    return null;
  }

  private async digestsOnDisk(uuid: string, needsSha3: boolean, pace: Pace) {
    try {
      const file = await this.store.open(uuid);
      try {
        return await readDigests(file, needsSha3, pace);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isDiskFault(error)) return null;
      throw error;
    }
  }
}
