import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { Catalog } from './catalog.js';
import { ContentRepository } from './content.repository.js';
import { hashContent, type ContentHashes } from './hash-content.js';
import { PackageRepository } from './package.repository.js';
import { ContentNotHere } from './packages.errors.js';
import { ShareLinks } from './share-links.js';
import { PackagesService } from './packages.service.js';

/** Reads content on disk again and compares it with what was promised. */
@Injectable()
export class VerificationService {
  private readonly logger = new Logger(VerificationService.name);

  constructor(
    private readonly packages: PackagesService,
    private readonly rows: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** False: the bytes were damaged or gone; they are not served any more and are fetched again. */
  async verify(idOrName: string): Promise<{ isIntact: boolean; row: Package }> {
    const row = await this.packages.get(idOrName);
    if (row.status !== 'Public') throw new ContentNotHere(row.filename);
    const isIntact = (await this.hash(row))?.sha256 === row.sha256;
    if (!isIntact) this.logger.error(`The content of ${row.filename} on disk is damaged; it is fetched again.`);
    return { isIntact, row: isIntact ? row : await this.giveUp(row) };
  }

  /**
   * Whole content can lie on disk although its row says that it is absent: a power cut undid the last commit, or the disk was not
   * mounted at an earlier start. Then it is taken up instead of fetched. False when there is none, or none that is right.
   */
  async adopt(row: Package): Promise<boolean> {
    const hashes = await this.hash(row);
    if (hashes?.sha256 !== row.sha256) return false;
    this.logger.log(`${row.filename} (${row.uuid}) was found whole on disk.`);
    return (await this.catalog.gained(row.uuid, hashes.manifest)) !== null;
  }

  /** The file goes first: once the row says that it is wanted, a right one may arrive under the same name at any moment. */
  private async giveUp(row: Package): Promise<Package> {
    await this.store.remove(row.uuid);
    const updatedMs = this.clock.now();
    const changed = await this.db.transaction(async () => {
      await this.audit.record({ action: 'package.damaged', subject: row.filename, details: { sha256: row.sha256 } });
      const lost = await this.catalog.lost(row.uuid);
      if (lost) await this.rows.setStatus(row.uuid, 'Quarantined', updatedMs);
      else await this.contents.setState(row.uuid, 'absent', null); // replaced or deleted meanwhile
      return lost;
    });
    await this.links.settle(row.filenameKey);
    return changed ? { ...changed, status: 'Quarantined', updatedMs } : row;
  }

  private async hash({ uuid, size }: Package): Promise<ContentHashes | null> {
    return (await this.store.has(uuid, size)) ? hashContent(await this.store.open(uuid)) : null;
  }
}
