import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { type PackageAddress, PackageFinder } from '#libs/packages/package-finder.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageNotServed } from './download-access.errors.js';
import { LinkSigner, type SignedLink } from './link-signer.js';

/** Makes links that open one package until they expire. Nothing of them is kept but a line of the audit trail. */
@Injectable()
export class DownloadLinks {
  constructor(
    private readonly finder: PackageFinder,
    private readonly packages: PackageRepository,
    private readonly signer: LinkSigner,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws PackageNotFound, StageNotYours and PackageNotServed. */
  async create(address: PackageAddress, seconds: number): Promise<SignedLink> {
    const { filenameKey, filename, stage } = await this.finder.find(address);
    requireStages(stage);
    const content = await this.packages.findServed(filenameKey);
    if (!content) throw new PackageNotServed(filename);
    const link = await this.signer.sign(content, seconds);
    const details = { sha256: link.sha256, expires_ms: link.expires * 1_000 };
    await this.db.transaction(() => this.audit.record({ action: 'package.link_created', subject: filename, details }));
    return link;
  }
}
