import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { RefusedWrite } from '#libs/entities/refused-write.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { filenameKey } from '#libs/packages/filename.js';
import { Database } from '#libs/platform/database/database.js';
import { updateOf } from '#libs/replication/register.js';
import { writeFromWire } from '#libs/replication/wire-write.js';
import { RefusedWriteRepository } from './refused-write.repository.js';
import { RefusedWriteNotAcceptable, RefusedWriteUnknown } from './trust.errors.js';

/** What people do with writes that were refused. */
@Injectable()
export class RefusedWritesService {
  constructor(
    private readonly refused: RefusedWriteRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  async list(limit: number): Promise<{ items: RefusedWrite[]; total: number }> {
    return { items: await this.refused.find(limit), total: await this.refused.count() };
  }

  /** Merges what was refused because its author has not the right. Throws RefusedWriteUnknown or RefusedWriteNotAcceptable. */
  async accept(id: number): Promise<void> {
    const row = await this.refused.findById(id);
    if (!row) throw new RefusedWriteUnknown();
    if (row.code !== 'rights' || row.writes === null) throw new RefusedWriteNotAcceptable(row.reason);
    const update = updateOf((JSON.parse(row.writes) as unknown[]).map(writeFromWire));
    await this.db.transaction(async () => {
      const { refused } = await this.catalog.merge([{ filename: row.filename, update }]);
      if (refused[0]) throw new RefusedWriteNotAcceptable(refused[0].reason);
      await this.refused.remove([id]);
      const details = { author_iss: row.authorIss, peer: row.peerName };
      await this.audit.record({ action: 'write.accepted', subject: row.filename, details });
    });
    await this.links.settle(filenameKey(row.filename));
  }
}
