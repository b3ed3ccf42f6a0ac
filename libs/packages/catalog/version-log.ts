import { Injectable } from '@nestjs/common';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import type { DisplacedVersion } from '#libs/replication/displaced-versions.js';
import { stampText } from '#libs/replication/stamp.js';
import { writeToWire } from '#libs/replication/wire-write.js';
import { filenameKey } from '../filename.js';
import { PackageVersionRepository } from '../package-version.repository.js';

/** A version, and the server whose write is in force instead. */
export interface LoggedVersion extends DisplacedVersion {
  readonly keptAuthor: string;
}

/** Keeps contents that are displaced, so that they can be listed and restored; a conflict is also an event. */
@Injectable()
export class VersionLog {
  constructor(
    private readonly versions: PackageVersionRepository,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Only within the transaction that displaces them. */
  async keep(displaced: readonly LoggedVersion[]): Promise<void> {
    if (displaced.length === 0) return;
    const sinceMs = this.clock.now();
    const known = await this.versions.findKnown([...new Set(displaced.map(({ write }) => filenameKey(write.filename)))]);
    const news = displaced.filter(({ write }) => !known.has(`${filenameKey(write.filename)} ${stampText(write.stamp)}`));
    await this.versions.insertMany(
      news.map(({ write, reason }) => ({
        ...{ filenameKey: filenameKey(write.filename), uuid: write.value.uuid, stamp: stampText(write.stamp), reason, sinceMs },
        write: JSON.stringify(writeToWire(write)),
      })),
    );
    for (const { write, reason, keptAuthor } of news) {
      if (reason !== 'conflict') continue;
      const { filename, stamp, value } = write;
      const lost = { uuid: value.uuid, size: value.size, sha256: value.sha256, lost_author_iss: stamp.iss };
      await this.events.record('package.conflict', { filename, ...lost, kept_author_iss: keptAuthor });
    }
  }
}
