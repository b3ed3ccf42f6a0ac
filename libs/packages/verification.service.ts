import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { Catalog } from './catalog.js';
import type { Content } from '#libs/entities/content.entity.js';
import { ContentRepository } from './content.repository.js';
import { eventOf } from './event-of.js';
import { hashContent, type ContentHashes } from './hash-content.js';
import { PackageRepository } from './package.repository.js';
import { ContentNotHere } from './packages.errors.js';
import type { Pace } from './pacer.js';
import { ShareLinks } from './share-links.js';
import { PackagesService } from './packages.service.js';
import { stagingIdOf } from './staging-id.js';

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
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** False: the bytes were damaged or gone; they are not served any more and are fetched again. */
  async verify(idOrName: string): Promise<{ isIntact: boolean; row: Package }> {
    const row = await this.packages.get(idOrName);
    if (row.status !== 'Public') throw new ContentNotHere(row.filename);
    const isIntact = (await this.hash(row))?.sha256 === row.sha256;
    if (isIntact) await this.contents.markVerified(row.uuid, this.clock.now());
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

  /** Like `verify`, for any version on disk, at a pace. */
  async scrub(content: Pick<Content, 'uuid' | 'size' | 'sha256' | 'filenameKey'>, pace: Pace): Promise<boolean> {
    if ((await this.hash(content, pace))?.sha256 === content.sha256) {
      await this.contents.markVerified(content.uuid, this.clock.now());
      return true;
    }
    // Removed, replaced or found by somebody else while it was read: the next round sees.
    const state = (await this.contents.findStates([content.uuid])).get(content.uuid);
    if (state === undefined || state === 'absent') return true;
    const row = await this.rows.findByKey(content.filenameKey);
    if (row?.uuid === content.uuid && !row.deleted) await this.giveUp(row);
    else await this.forget(content.uuid);
    return false;
  }

  /** An earlier version that is damaged can no longer be restored; nobody can give it again. */
  private async forget(uuid: string): Promise<void> {
    await this.store.remove(uuid);
    await this.contents.setState(uuid, 'absent', null);
  }

  /**
   * The file goes first: once the row says that it is wanted, a right one may arrive under the same name at any moment. It is set
   * aside as an unfinished transfer: only the blocks that are damaged are fetched, and nothing is lost while nobody can give them.
   */
  private async giveUp(row: Package): Promise<Package> {
    await this.store.setAside(row.uuid, stagingIdOf(row.uuid), row.size);
    const updatedMs = this.clock.now();
    const changed = await this.db.transaction(async () => {
      await this.audit.record({ action: 'package.damaged', subject: row.filename, details: { sha256: row.sha256 } });
      const lost = await this.catalog.lost(row.uuid);
      if (lost) {
        await this.rows.setStatus(row.uuid, 'Quarantined', updatedMs);
        await this.events.record('package.quarantined', eventOf(row));
      } else await this.contents.setState(row.uuid, 'absent', null); // replaced or deleted meanwhile
      return lost;
    });
    await this.links.settle(row.filenameKey);
    return changed ? { ...changed, status: 'Quarantined', updatedMs } : row;
  }

  private async hash({ uuid, size }: Pick<Content, 'uuid' | 'size'>, pace?: Pace): Promise<ContentHashes | null> {
    return (await this.store.has(uuid, size)) ? hashContent(await this.store.open(uuid), pace) : null;
  }
}
