import { Injectable } from '@nestjs/common';
import { BackupState } from '#libs/entities/backup-state.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };
export type BackupOutcomes = Omit<BackupState, 'id'>;

/** Every query on how the scheduled backups went: one row. */
@Injectable()
export class BackupStateRepository {
  constructor(private readonly db: Database) {}

  async read(): Promise<BackupOutcomes> {
    const row = await this.db.manager.findOneBy(BackupState, ROW);
    return row ?? { succeededMs: null, failedMs: null, fault: null };
  }

  async note(change: Partial<BackupOutcomes>): Promise<void> {
    await this.db.manager.save(BackupState, { ...(await this.read()), ...ROW, ...change });
  }
}
