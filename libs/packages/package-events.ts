import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { eventOf } from './event-of.js';
import { PackageMetadataRepository } from './titles/package-metadata.repository.js';

/** What happens to packages that have been here for a while: their title and version may be known. */
export type TitledEvent =
  `package.${'promoted' | 'demoted' | 'deleted' | 'restored' | 'quarantined' | 'copies_low' | 'copies_none' | 'signer_changed'}`;

@Injectable()
export class PackageEvents {
  constructor(
    private readonly events: DomainEvents,
    private readonly metadata: PackageMetadataRepository,
  ) {}

  /** Title and version are null while this server has not inspected the package. */
  async record(type: TitledEvent, row: Package, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const known = (await this.metadata.findTitles([row.uuid])).get(row.uuid);
    const { titleKey = null, title = null, version = null } = known ?? {};
    await this.events.record(type, { ...eventOf(row), title_key: titleKey, title, version, ...more });
  }
}
