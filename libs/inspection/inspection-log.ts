import { Injectable } from '@nestjs/common';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { PackageEvents } from '#libs/packages/package-events.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { PackageMetadataRepository } from '#libs/packages/titles/package-metadata.repository.js';
import { RelatedPackages } from '#libs/packages/titles/related-packages.js';
import { Database } from '#libs/platform/database/database.js';

/** Writes what inspections found, and records the event when the signer is another than before. */
@Injectable()
export class InspectionLog {
  constructor(
    private readonly db: Database,
    private readonly metadata: PackageMetadataRepository,
    private readonly packages: PackageRepository,
    private readonly related: RelatedPackages,
    private readonly events: PackageEvents,
  ) {}

  async write(uuid: string, rowAfter: (before: PackageMetadata | null) => PackageMetadata): Promise<void> {
    await this.db.transaction(async () => {
      const before = await this.metadata.find(uuid);
      const row = rowAfter(before);
      await this.metadata.save(row);
      // A newer parser reads everything again; what was known before is no event.
      if (before?.state !== 'done') await this.recordSignerChange(row);
    });
  }

  private async recordSignerChange(metadata: PackageMetadata): Promise<void> {
    const row = await this.packages.findByUuid(metadata.uuid);
    if (!row || row.deleted) return;
    const { signerChange } = await this.related.of(row, metadata);
    if (!signerChange) return;
    const { before, now, sentence } = signerChange;
    await this.events.record('package.signer_changed', row, {
      compared_with: before.filename,
      ...{ signer: now.signer, team_id: now.teamId },
      ...{ earlier_signer: before.metadata.signer, earlier_team_id: before.metadata.teamId },
      reason: sentence,
    });
  }
}
