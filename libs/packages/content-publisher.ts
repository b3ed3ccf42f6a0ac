import { Injectable, Logger } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId, sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { uploadBytes, uploads } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { Stage } from '#libs/replication/stage.js';
import { Catalog, type EntryDraft } from './catalog.js';
import { eventOf } from './event-of.js';
import { ContentRepository } from './content.repository.js';
import { filenameKey } from './filename.js';
import { FilenameTaken } from './packages.errors.js';
import { PackageRepository } from './package.repository.js';
import { ShareLinks } from './share-links.js';

/** A whole file in staging, with all that is known of it. */
export interface NewContent {
  readonly stagingId: string;
  readonly filename: string;
  readonly stage: Stage;
  readonly notes: string | null;
  readonly replaces: boolean;
  readonly size: number;
  readonly sha1: string;
  readonly sha256: string;
  /** Packed SHA-1 of each block. */
  readonly manifest: Buffer;
}

export interface Published {
  readonly package: Package;
  /** The same name with the same content was there: nothing was written. */
  readonly alreadyExisted: boolean;
}

const isSameContent = (current: Package, content: NewContent): boolean =>
  !current.deleted && current.sha256 === content.sha256 && current.size === content.size;

/** Turns an uploaded file into a package: durable on disk first, then one transaction that makes it so. */
@Injectable()
export class ContentPublisher {
  private readonly logger = new Logger(ContentPublisher.name);

  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
    private readonly links: ShareLinks,
    private readonly identity: ServerIdentity,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Throws FilenameTaken when a file of that many bytes cannot be what is there under the name: it need not be sent. */
  async refuseTaken(filename: string, size: number, replaces: boolean): Promise<void> {
    const current = await this.packages.findByKey(filenameKey(filename));
    if (current && !current.deleted && !replaces && current.size !== size) throw new FilenameTaken(current.filename);
  }

  /** Throws FilenameTaken. The staging file is gone afterwards in every case. */
  async publish(content: NewContent): Promise<Published> {
    const key = filenameKey(content.filename);
    const current = await this.packages.findByKey(key);
    if (current && isSameContent(current, content)) return this.keep(current, content);
    if (current && !current.deleted && !content.replaces) throw new FilenameTaken(current.filename);
    const uuid = newHexId();
    const createdMs = this.clock.now();
    await this.store.publish(content.stagingId, uuid, createdMs);
    try {
      const written = await this.write(content, uuid, createdMs);
      await this.links.settle(key);
      uploads.inc();
      uploadBytes.inc(content.size);
      return { package: written, alreadyExisted: false };
    } catch (error) {
      await this.removeUnlessCommitted(uuid);
      const now = await this.packages.findByKey(key);
      if (now && error instanceof FilenameTaken && isSameContent(now, content)) return { package: now, alreadyExisted: true };
      throw error;
    }
  }

  /**
   * A commit whose answer was lost looks like a failure, and yet peers and clients are promised these bytes: only the database
   * says. When it cannot be asked they stay, and the next start decides.
   */
  private async removeUnlessCommitted(uuid: string): Promise<void> {
    try {
      if ((await this.contents.findStates([uuid])).size === 0) await this.store.remove(uuid);
    } catch (error) {
      this.logger.warn(`Content ${uuid} may be left over until the next start: ${String(error)}`);
    }
  }

  /** The upload told nothing new, unless this server had lost or never had the bytes. */
  private async keep(current: Package, content: NewContent): Promise<Published> {
    const state = (await this.contents.findStates([current.uuid])).get(current.uuid);
    if (state === 'held' || state === 'withdrawn') return { package: current, alreadyExisted: true };
    await this.store.publish(content.stagingId, current.uuid, current.createdMs);
    // Within a transaction of its own, so that it is on the disk before anybody is told; alone, `gained` does not wait for that.
    const changed = await this.db.transaction(() => this.catalog.gained(current.uuid, content.manifest));
    await this.links.settle(current.filenameKey);
    return { package: changed ?? current, alreadyExisted: true };
  }

  private async write(content: NewContent, uuid: string, createdMs: number): Promise<Package> {
    const { iss } = await this.identity.get();
    const { filename, size, sha1, sha256, stage, notes, manifest } = content;
    const manifestSha256 = sha256Hex(manifest);
    const draft: EntryDraft = {
      filename,
      uuid,
      deleted: false,
      size,
      sha1,
      sha256,
      manifestSha256,
      stage,
      notes,
      createdMs,
      originIss: iss,
    };
    return this.db.transaction(async () => {
      let isReplacement = false;
      const written = await this.catalog.write(filename, async (current) => {
        if (current && !current.deleted && !content.replaces) throw new FilenameTaken(current.filename);
        isReplacement = current !== null && !current.deleted;
        await this.contents.insert({
          ...{ uuid, filename, filenameKey: filenameKey(filename), size, sha1, sha256, manifestSha256, manifest, stage, createdMs },
          state: 'held',
          originIss: iss,
          retireAfterMs: null,
          verifiedMs: createdMs,
        });
        return draft;
      });
      const action = isReplacement ? 'package.replaced' : 'package.uploaded';
      await this.audit.record({ action, subject: filename, details: { size, sha256, stage } });
      await this.events.record(action, eventOf(written));
      return written;
    });
  }
}
