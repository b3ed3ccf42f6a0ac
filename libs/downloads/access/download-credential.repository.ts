import { Injectable } from '@nestjs/common';
import { DownloadCredential } from '#libs/entities/download-credential.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on credentials for downloads. */
@Injectable()
export class DownloadCredentialRepository {
  constructor(private readonly db: Database) {}

  all(): Promise<DownloadCredential[]> {
    return this.db.manager.find(DownloadCredential, { order: { id: 'ASC' } });
  }

  find(id: number): Promise<DownloadCredential | null> {
    return this.db.manager.findOneBy(DownloadCredential, { id });
  }

  async insert(row: Omit<DownloadCredential, 'id'>): Promise<DownloadCredential> {
    return this.db.manager.save(DownloadCredential, this.db.manager.create(DownloadCredential, row));
  }

  async remove(id: number): Promise<void> {
    await this.db.manager.delete(DownloadCredential, { id });
  }

  async noteUse(id: number, lastUsedMs: number): Promise<void> {
    await this.db.manager.update(DownloadCredential, { id }, { lastUsedMs });
  }
}
