import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Database } from '#libs/platform/database/database.js';
import { isDatabaseLoss } from '#libs/platform/database/database-outage.js';
import { DownloadCredentialRepository } from './download-credential.repository.js';
import type { KnownCredential } from './download-policy.js';
import { type DownloadRule, DownloadSettingsRepository } from './download-settings.repository.js';

/** Other processes may change the settings: what is remembered is never older than this while the database answers, in milliseconds. */
const REMEMBER_MS = 1_000;

/** Who may download, and with what. */
export interface KnownAccess extends DownloadRule {
  readonly credentials: readonly KnownCredential[];
}

/** Who may download from this server, as administrators have set it. */
@Injectable()
export class DownloadSettingsService implements OnApplicationBootstrap {
  private changes = 0;
  private remembered: { access: KnownAccess; untilMs: number } | undefined;

  constructor(
    private readonly settings: DownloadSettingsRepository,
    private readonly credentials: DownloadCredentialRepository,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** Known before the first download, which may come while the database is away. */
  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.current();
    } catch (error) {
      if (!isDatabaseLoss(error)) throw error; // asked again by the first download, which is refused until it is known
    }
  }

  /** As it was at most a second ago; while the database is away, as it was last known. Throws when it was never known. */
  async current(): Promise<KnownAccess> {
    if (this.remembered && this.remembered.untilMs > performance.now()) return this.remembered.access;
    const { changes } = this;
    try {
      const access = { ...(await this.settings.find()), credentials: await this.credentials.all() };
      if (changes === this.changes) this.remember(access); // what was read before a change must not be remembered after it
      return access;
    } catch (error) {
      if (this.remembered === undefined || !isDatabaseLoss(error)) throw error;
      return this.remember(this.remembered.access);
    }
  }

  read(): Promise<DownloadRule> {
    return this.settings.find();
  }

  /** Counts at once here, and within a second at other replicas. */
  async update(change: Partial<DownloadRule>): Promise<DownloadRule> {
    return this.db.transaction(async () => {
      const before = await this.settings.find();
      await this.settings.update(change);
      const after = await this.settings.find();
      await this.audit.record({ action: 'downloads.updated', details: { before, after } });
      this.countAfterCommit(after);
      return after;
    });
  }

  /** What the open transaction changes counts from its end on, also if the database is away then. */
  countAfterCommit(change: Partial<KnownAccess>): void {
    this.db.afterCommit(() => {
      this.changes += 1;
      if (this.remembered) this.remembered = { access: { ...this.remembered.access, ...change }, untilMs: 0 };
    });
  }

  private remember(access: KnownAccess): KnownAccess {
    this.remembered = { access, untilMs: performance.now() + REMEMBER_MS };
    return access;
  }
}
