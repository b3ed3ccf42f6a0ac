import { Injectable } from '@nestjs/common';
import { DownloadSettings } from '#libs/entities/download-settings.entity.js';
import { Database } from '#libs/platform/database/database.js';

export type DownloadRule = Omit<DownloadSettings, 'id'>;

const ROW = { id: 1 };

/** Without a row: `/share` is open to whoever reaches the server. */
const open: DownloadRule = { linkRequired: false };

/** Every query on who may download. */
@Injectable()
export class DownloadSettingsRepository {
  constructor(private readonly db: Database) {}

  async find(): Promise<DownloadRule> {
    return (await this.db.manager.findOneBy(DownloadSettings, ROW)) ?? open;
  }

  async update(change: Partial<DownloadRule>): Promise<void> {
    await this.db.insertNew(DownloadSettings, [{ ...ROW, ...open }]);
    if (Object.keys(change).length > 0) await this.db.manager.update(DownloadSettings, ROW, change);
  }
}
