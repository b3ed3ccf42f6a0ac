import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { PackageEvents } from '../package-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { Catalog } from '../catalog/catalog.js';
import { ContentRepository, statesOnDisk } from '../content.repository.js';
import type { ContentHashes } from './hash-content.js';
import { PackageRepository } from '../package.repository.js';
import { ShareLinks } from '../share-links.js';
import { damagedIdOf } from '../staging-id.js';

/** Reading fails for the moment, and says nothing about the file. */
const transientCodes = ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ENOMEM', 'ESTALE', 'ETIMEDOUT'];
/** Whether a system call failed because of the file itself or its disk. Reading that was stopped (ABORT_ERR) says nothing about it. */
export const isDiskFault = (error: unknown): boolean => {
  const code = codeOf(error);
  const isOfSystem = (error as NodeJS.ErrnoException | null)?.syscall !== undefined;
  return isOfSystem && code !== undefined && !transientCodes.includes(code);
};
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

/** Withdraws this server's claim to hold a content whose bytes are not what was promised; what is admitted here is fetched again. */
@Injectable()
export class DamagedContents {
  private readonly logger = new Logger(DamagedContents.name);
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly rows: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly events: PackageEvents,
    private readonly clock: Clock,
  ) {}

  /**
   * A content could not be read, or was shorter than its row says: when the disk confirms that, the claim is withdrawn before this resolves. Never rejects:
   * the reader has its own failure to report.
   */
  async readFailed(uuid: string, error?: unknown): Promise<void> {
    const running = this.running.get(uuid) ?? this.examine(uuid, error).finally(() => this.running.delete(uuid));
    this.running.set(uuid, running);
    await running;
  }

  /** Any content on disk that is damaged or gone: withdraws the claim. Answers the entry as it is now, when the content is its present one. */
  async withdrawClaim(uuid: string): Promise<Package | null> {
    const row = await this.rows.findByUuid(uuid);
    if (row && !row.deleted) return this.withdraw(row);
    // An earlier version that is damaged can no longer be restored; no other server gives it again.
    await this.store.remove(uuid);
    await this.catalog.markMissing(uuid);
    return null;
  }

  /**
   * A content that is what its root says and not what its author gave as SHA-1 and SHA-256: it is not served any more and not fetched
   * again, and the author is named.
   */
  async condemn(content: Content, { sha1, sha256 }: Pick<ContentHashes, 'sha1' | 'sha256'>): Promise<void> {
    const { uuid, filename, originIss } = content;
    const refusal = `The server ${originIss} gave a false SHA-1 or SHA-256 with it (its SHA-256 is ${sha256}). It is not served; upload it again.`;
    this.logger.error(`${filename} (${uuid}): ${refusal}`);
    await this.contents.refuse(uuid, refusal);
    await this.store.remove(uuid);
    await this.db.transaction(async () => {
      const details = { author: originIss, sha1, sha256, promised_sha1: content.sha1, promised_sha256: content.sha256 };
      await this.audit.record({ action: 'package.damaged', subject: filename, details });
      const lost = await this.catalog.markMissing(uuid);
      if (lost?.status !== 'Waiting') return; // not admitted here
      await this.rows.setStatus(uuid, 'Quarantined', this.clock.now());
      await this.events.record('package.quarantined', lost);
    });
    await this.links.settle(content.filenameKey);
  }

  private async examine(uuid: string, error: unknown): Promise<void> {
    try {
      const content = await this.contents.find(uuid);
      if (!content || !statesOnDisk.includes(content.state) || !(await this.isLost(content, error))) return;
      this.logger.error(`The content of ${content.filename} (${uuid}) cannot be read from disk: ${this.reasonOf(error)}`);
      await this.withdrawClaim(uuid);
    } catch (fault) {
      this.logger.error(`Whether content ${uuid} can be read could not be found out: ${String(fault)}`);
    }
  }

  private async isLost({ uuid, size, filename }: Content, error: unknown): Promise<boolean> {
    if (!(await this.store.isMarked())) {
      // Fetching everything again onto whatever is below a mount point would fill that disk.
      this.logger.error(`The content of ${filename} cannot be read, and the content directory is not this server's: is the disk mounted?`);
      return false;
    }
    if (isDiskFault(error) && codeOf(error) !== 'ENOENT') return true;
    return !(await this.store.has(uuid, size));
  }

  private reasonOf(error: unknown): string {
    return codeOf(error) ?? 'it is missing, or has another size.';
  }

  /**
   * The file goes first: once the row says that it is wanted, a right one may arrive under the same name at any moment. It is set
   * aside unchanged: the blocks of it that are right are copied into the new file, and only the others are fetched.
   */
  private async withdraw(row: Package): Promise<Package> {
    await this.store.setAside(row.uuid, damagedIdOf(row.uuid));
    const updatedMs = this.clock.now();
    const changed = await this.db.transaction(async (): Promise<Package | null> => {
      await this.audit.record({ action: 'package.damaged', subject: row.filename, details: { sha256: row.sha256 } });
      const lost = await this.catalog.markMissing(row.uuid);
      if (lost?.status !== 'Waiting') return lost; // not admitted here: nothing fetches it
      await this.rows.setStatus(row.uuid, 'Quarantined', updatedMs);
      await this.events.record('package.quarantined', row);
      return { ...lost, status: 'Quarantined', updatedMs };
    });
    await this.links.settle(row.filenameKey);
    return changed ?? row;
  }
}
