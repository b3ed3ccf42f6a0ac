import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { ReplicationLimits } from '../limits/replication-limits.js';

/**
 * Copies of content that this server does not serve, for servers that can get it nowhere else (MESH §5): a peer asks for it, and it is
 * fetched then, if an administrator has allowed that. The peer asks again, or is notified when it is here.
 */
@Injectable()
export class TransitCopies {
  constructor(
    private readonly limits: ReplicationLimits,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly jobs: Jobs,
  ) {}

  async areAllowed(): Promise<boolean> {
    return (await this.limits.current()).relay === true;
  }

  /** Whether the package is one that this server would only pass on, and may. */
  async isFor({ status, deleted }: Package): Promise<boolean> {
    return status === 'Withdrawn' && !deleted && (await this.areAllowed());
  }

  /** A peer asked for contents that are not here. */
  async askedFor(uuids: readonly string[]): Promise<void> {
    if (uuids.length === 0 || !(await this.areAllowed())) return;
    const states = await this.contents.findStates(uuids);
    for (const row of await this.packages.findByUuids(uuids.filter((uuid) => states.get(uuid) === 'absent'))) {
      if (await this.isFor(row)) await this.jobs.add(ContentWanted, { uuid: row.uuid }, { key: row.uuid });
    }
  }
}
