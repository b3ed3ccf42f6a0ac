import { Injectable, Logger } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { Catalog } from './catalog.js';
import { ContentNotHere } from './packages.errors.js';
import { PackagesService } from './packages.service.js';

/** Reads held content again and compares it with what was promised. */
@Injectable()
export class VerificationService {
  private readonly logger = new Logger(VerificationService.name);

  constructor(
    private readonly packages: PackagesService,
    private readonly store: PackageStore,
    private readonly catalog: Catalog,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** False: the bytes were damaged or gone; they are not served any more and are fetched again. */
  async verify(idOrName: string): Promise<{ isIntact: boolean; row: Package }> {
    const row = await this.packages.get(idOrName);
    if (row.status !== 'Public') throw new ContentNotHere(row.filename);
    const isIntact = (await this.hash(row)) === row.sha256;
    if (!isIntact) this.logger.error(`The content of ${row.filename} on disk is damaged; it is fetched again.`);
    const now = isIntact ? row : await this.giveUp(row);
    return { isIntact, row: now };
  }

  private async giveUp(row: Package): Promise<Package> {
    const changed = await this.db.transaction(async () => {
      await this.audit.record({ action: 'package.damaged', subject: row.filename, details: { sha256: row.sha256 } });
      return this.catalog.lost(row.uuid);
    });
    await this.store.remove(row.uuid);
    return changed ?? row;
  }

  private async hash({ uuid, size }: Package): Promise<string | null> {
    if (!(await this.store.has(uuid, size))) return null;
    const handle = await this.store.open(uuid);
    const hash = createHash('sha256');
    // One block at a time: the event loop is free between them.
    for await (const block of handle.createReadStream({ highWaterMark: BLOCK_BYTES })) hash.update(block as Buffer);
    return hash.digest('hex');
  }
}
