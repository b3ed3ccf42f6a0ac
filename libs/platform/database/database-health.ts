import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config.js';
import { HealthChecks } from '../http/health-checks.js';
import { Database } from './database.js';
import { isCorruption, isNoRoom } from './transient-errors.js';

const RESTORE =
  'Nothing is sent to other servers. Stop the server, move the database file and its -wal and -shm aside, and restore a backup ("ods-admin restore DIRECTORY"); without one move DATA_DIR aside, start, and register again: packages come back from the other servers.';
/** Findings of the check that are shown: one bad page makes many. */
const FINDINGS_SHOWN = 3;

/** Whether the database can be trusted and written. Nothing is sent to other servers while it cannot. */
@Injectable()
export class DatabaseHealth {
  private readonly logger = new Logger(DatabaseHealth.name);
  private damaged: string | null = null;
  private full: string | null = null;

  constructor(
    private readonly db: Database,
    private readonly config: Config,
    checks: HealthChecks,
  ) {
    db.onSqliteError((error) => this.note(error));
    checks.add('catalog', () => {
      if (this.damaged !== null)
        return Promise.resolve({ state: 'damaged', obstacle: `The database is damaged. ${RESTORE}`, detail: this.damaged });
      if (this.full !== null) return Promise.resolve({ state: 'read-only', burden: this.full });
      return Promise.resolve({ state: 'ok' });
    });
  }

  /** What is wrong with the database file, in the words of the database; null when nothing is known to be. */
  get damage(): string | null {
    return this.damaged;
  }

  /** The disk had no room for the start: downloads are served, and nothing else. */
  get isReadOnly(): boolean {
    return this.full !== null;
  }

  /** Whether jobs may run and other servers may be spoken with. */
  get isSound(): boolean {
    return this.damaged === null && this.full === null;
  }

  /** Reads the whole SQLite file (PRAGMA quick_check). A database server looks after its own files. */
  async examine(): Promise<boolean> {
    if (this.db.kind !== 'sqlite') return true;
    try {
      const rows = (await this.db.manager.query(`PRAGMA quick_check(${FINDINGS_SHOWN})`)) as { quick_check: string }[];
      const found = rows.map((row) => row.quick_check).filter((text) => text !== 'ok');
      if (found.length > 0) this.report(found.join('; '));
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.report((error as Error).message);
    }
    return this.damaged === null;
  }

  /** Runs what a start writes. False when there is no room for it: then only downloads are served, until it is tried again with success. */
  async tryToWrite(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      if (this.full === null)
        this.logger.error(
          `There is no room on the disk for the database: ${(error as Error).message}. Only downloads are served, until there is.`,
        );
      this.full =
        'The disk is full: downloads are served; uploads, changes and sign-ins are refused, and nothing is fetched, until there is room.';
      return false;
    }
    if (this.full !== null) this.logger.log('There is room on the disk again: the server does all its work.');
    this.full = null;
    return true;
  }

  private note(error: unknown): void {
    if (isCorruption(error)) this.report((error as Error).message);
  }

  private report(finding: string): void {
    if (this.damaged !== null) return;
    this.damaged = finding;
    const { database } = this.config.values;
    const where = database.kind === 'sqlite' ? database.file : database.kind;
    this.logger.error(`The database ${where} is damaged: ${finding}. ${RESTORE}`);
  }
}
