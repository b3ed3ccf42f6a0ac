import { Injectable, Logger } from '@nestjs/common';
import path from 'node:path';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { BackupDirectory } from '#libs/maintenance/backup-directory.js';
import { DATABASE, readManifest } from '#libs/maintenance/backup-manifest.js';
import { type BackupReport, makeBackup } from '#libs/maintenance/backup.js';
import { checkDatabaseCopy } from '#libs/maintenance/check-database-copy.js';
import { checkBackupFiles } from '#libs/maintenance/restore.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { JobInterrupted, JobPostponed } from '#libs/platform/jobs/job-type.js';
import { faultOf } from './backup-fault.js';
import { BackupStateRepository } from './backup-state.repository.js';

/** Periods vary by a tenth; what is nearly due is due. */
const NEARLY = 0.85;

/** The backups that are made by schedule: when, what becomes of the old ones, and what is said of it. */
@Injectable()
export class BackupsService {
  private readonly logger = new Logger(BackupsService.name);

  constructor(
    private readonly config: Config,
    private readonly identity: ServerIdentity,
    private readonly outcomes: BackupStateRepository,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Throws JobPostponed when the latest one is new enough (a start makes none), JobInterrupted, and why none could be made. */
  async makeWhenDue(signal: AbortSignal): Promise<void> {
    const directory = this.config.get('backupDir');
    if (directory === null) return;
    const { iss } = await this.identity.get();
    const backups = new BackupDirectory(directory, iss);
    try {
      await backups.removeLeftOvers();
      await this.requireDue(backups);
      await this.make(backups, signal);
    } catch (error) {
      if (error instanceof JobPostponed) throw error;
      if (signal.aborted) throw new JobInterrupted();
      const fault = faultOf(error, directory);
      await this.noteFailed(fault);
      throw new Error(fault, { cause: error });
    }
  }

  private async requireDue(backups: BackupDirectory): Promise<void> {
    const periodMs = this.config.get('BACKUP_EVERY_HOURS') * 3_600_000;
    const now = this.clock.now();
    const latestMs = await backups.latestMs(now);
    if (latestMs === null || now - latestMs >= NEARLY * periodMs) return;
    throw new JobPostponed(latestMs + periodMs - now, `The latest backup is of ${new Date(latestMs).toISOString()}.`);
  }

  private async make(backups: BackupDirectory, signal: AbortSignal): Promise<void> {
    let report: BackupReport = { contents: 0, missing: [] };
    const name = await backups.add(this.clock.now(), async (draft) => {
      report = await makeBackup(this.config, this.db.manager.dataSource, draft, !this.config.get('BACKUP_WITHOUT_CONTENT'), signal);
      await checkDatabaseCopy(path.join(draft, DATABASE));
      await checkBackupFiles(draft, await readManifest(draft));
      signal.throwIfAborted();
    });
    await this.noteMade(name, report);
    try {
      for (const removed of await backups.prune(name, this.config.get('BACKUP_KEEP'))) this.logger.log(`Removed the backup ${removed}.`);
    } catch (error) {
      this.logger.error(`Old backups could not be removed: ${faultOf(error, backups.directory)}`); // the new one is good all the same
    }
  }

  private async noteMade(name: string, { contents, missing }: BackupReport): Promise<void> {
    this.logger.log(`Made the backup ${name}, with ${contents} contents.`);
    if (missing.length > 0) this.logger.warn(`Contents are not on this disk, and not in the backup: ${missing.slice(0, 10).join(', ')}`);
    await this.db.transaction(async () => {
      const { fault } = await this.outcomes.read();
      await this.outcomes.note({ succeededMs: this.clock.now(), fault: null });
      await this.audit.record({ action: 'backup.made', subject: name, details: { contents, missing: missing.length } });
      if (fault !== null) await this.events.record('backup.resumed', { backup: name });
    });
  }

  /** Said once, however often it is tried. */
  private async noteFailed(fault: string): Promise<void> {
    await this.db.transaction(async () => {
      const before = await this.outcomes.read();
      await this.outcomes.note({ failedMs: this.clock.now(), fault });
      if (before.fault !== null) return;
      await this.audit.record({ action: 'backup.failed', details: { reason: fault } });
      await this.events.record('backup.failed', { reason: fault });
    });
  }
}
