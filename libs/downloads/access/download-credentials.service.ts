import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { DownloadCredential } from '#libs/entities/download-credential.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId, newSecret, sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { DownloadCredentialUnknown, DownloadUsernameTaken, TooManyDownloadCredentials } from './download-access.errors.js';
import { DownloadCredentialRepository } from './download-credential.repository.js';
import { DownloadSettingsService } from './download-settings.service.js';

/** Each is compared with at a download. */
export const MOST_CREDENTIALS = 50;
const SECRET_BYTES = 24; // 32 characters, none of which Basic or a URL gives a meaning

export interface NewCredential {
  readonly row: DownloadCredential;
  /** Shown once, and kept nowhere. */
  readonly secret: string;
}

/** Makes and revokes credentials. Several may count at a time, so that one can be replaced by the next without a gap. */
@Injectable()
export class DownloadCredentials {
  constructor(
    private readonly rows: DownloadCredentialRepository,
    private readonly settings: DownloadSettingsService,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(): Promise<DownloadCredential[]> {
    return this.rows.all();
  }

  /** Throws DownloadUsernameTaken or TooManyDownloadCredentials. */
  async create(name: string, username = `ods-${newHexId().slice(0, 8)}`): Promise<NewCredential> {
    const secret = newSecret(SECRET_BYTES);
    const row = await this.db.transaction(async () => {
      const known = await this.rows.all();
      if (known.length >= MOST_CREDENTIALS) throw new TooManyDownloadCredentials(MOST_CREDENTIALS);
      if (known.some((each) => each.username === username)) throw new DownloadUsernameTaken(username);
      const fresh = { name, username, secretSha256: sha256Hex(secret), createdMs: this.clock.now(), lastUsedMs: null };
      const inserted = await this.rows.insert(fresh);
      await this.audit.record({ action: 'downloads.credential_created', subject: name, details: { username } });
      this.settings.countAfterCommit({ credentials: await this.rows.all() });
      return inserted;
    });
    return { row, secret };
  }

  /** Counts at once here, and within a second at other replicas. Throws DownloadCredentialUnknown. */
  async revoke(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const row = await this.rows.find(id);
      if (!row) throw new DownloadCredentialUnknown();
      await this.rows.remove(id);
      await this.audit.record({ action: 'downloads.credential_revoked', subject: row.name, details: { username: row.username } });
      this.settings.countAfterCommit({ credentials: await this.rows.all() });
    });
  }
}
