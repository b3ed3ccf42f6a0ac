import { Injectable, Logger } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { uploadBytes, uploads } from '#libs/platform/metrics/meters.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { spaceOf } from '#libs/replication/space.js';
import type { Stage } from '#libs/replication/stage.js';
import type { ContentRoot } from '#libs/replication/content-root.js';
import { contentUuid } from '#libs/replication/content-uuid.js';
import { Catalog } from './catalog/catalog.js';
import type { Draft } from './catalog/write-signer.js';
import { eventOf } from './event-of.js';
import { ContentRepository } from './content.repository.js';
import { filenameKey } from './filename.js';
import { dateOfReplacement } from './last-modified.js';
import { FilenameTaken } from './packages.errors.js';
import { PackageRepository } from './package.repository.js';
import { ShareLinks } from './share-links.js';

/** A whole file in staging, with all that is known of it. */
export interface NewContent {
  readonly stagingId: string;
  readonly filename: string;
  /** Null when none was given: a package that exists keeps its stage, a new one gets this server's. */
  readonly stage: Stage | null;
  readonly notes: string | null;
  readonly replaces: boolean;
  /** That it replaces one of many packages within a short time is meant (docs/mesh.md, "Mass change guard"). */
  readonly isConfirmed?: boolean;
  readonly size: number;
  readonly sha1: string;
  readonly sha256: string;
  /** Packed SHA-1 of each block. */
  readonly manifest: Buffer;
  /** Block list and root hash: what receivers verify the content with. */
  readonly root: ContentRoot;
  /** Is given what is there under the name, null for nothing, and throws when the upload must not go on. */
  readonly expects?: (current: Package | null) => void;
  /** What belongs to the upload; runs in its transaction. */
  readonly onWritten?: () => Promise<void>;
}

export interface Published {
  readonly package: Package;
  /** The same name with the same content was there: nothing was written. */
  readonly alreadyExisted: boolean;
  /** Another content was there under the name. */
  readonly isReplacement: boolean;
}

const present = (row: Package | null): Package | null => (row?.deleted ? null : row);
const rootName = ({ algorithm, hash }: ContentRoot) => ({ algorithm, hash });

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
    private readonly ownClock: OwnClock,
    private readonly clock: Clock,
  ) {}

  /**
   * Throws FilenameTaken when a file of that many bytes cannot be what is there under the name, or what `expects` throws: then it need
   * not be sent.
   */
  async refuseTaken(filename: string, size: number | null, replaces: boolean, expects?: NewContent['expects']): Promise<void> {
    const current = await this.packages.findByKey(filenameKey(filename));
    expects?.(present(current));
    if (current && !current.deleted && !replaces && size !== null && current.size !== size) throw new FilenameTaken(current.filename);
  }

  /** Throws OwnClockAhead when nothing could be published now: before bytes are sent for nothing. */
  requireReady(): Promise<void> {
    return this.ownClock.requireRight();
  }

  /** Throws FilenameTaken, MassChangeUnconfirmed or OwnClockAhead. The staging file is gone afterwards in every case. */
  async publish(content: NewContent): Promise<Published> {
    const key = filenameKey(content.filename);
    const current = await this.packages.findByKey(key);
    content.expects?.(present(current));
    if (current && isSameContent(current, content)) return this.keep(current, content);
    if (current && !current.deleted && !content.replaces) throw new FilenameTaken(current.filename);
    await this.ownClock.requireRight();
    const createdMs = dateOfReplacement(current, this.clock.now()); // the same date on every server, whichever contents it has had
    const { iss: originIss } = await this.identity.get();
    const named = { root: rootName(content.root), size: content.size, createdMs, originIss };
    const uuid = contentUuid(spaceOf(content.filename), content.filename, named);
    await this.store.publish(content.stagingId, uuid, createdMs);
    try {
      const written = await this.write(content, uuid, createdMs);
      await this.links.settle(key);
      uploads.inc();
      uploadBytes.inc(content.size);
      return { ...written, alreadyExisted: false };
    } catch (error) {
      await this.removeUnlessCommitted(uuid);
      const now = await this.packages.findByKey(key);
      if (now && error instanceof FilenameTaken && isSameContent(now, content))
        return { package: now, alreadyExisted: true, isReplacement: false };
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

  /** The upload changes nothing, unless this server had lost or never had the bytes. */
  private async keep(current: Package, content: NewContent): Promise<Published> {
    const state = (await this.contents.findStates([current.uuid])).get(current.uuid);
    if (state === 'held' || state === 'withdrawn') return { package: current, alreadyExisted: true, isReplacement: false };
    await this.store.publish(content.stagingId, current.uuid, current.createdMs);
    // Within a transaction of its own, so that it is on the disk before the upload is answered; alone, `markHeld` does not wait for that.
    const changed = await this.db.transaction(() => this.catalog.markHeld(current.uuid, content.manifest));
    await this.links.settle(current.filenameKey);
    return { package: changed ?? current, alreadyExisted: true, isReplacement: false };
  }

  private async write(content: NewContent, uuid: string, createdMs: number): Promise<Omit<Published, 'alreadyExisted'>> {
    const { iss, stage: ownStage } = await this.identity.get();
    const { filename, size, sha1, sha256, notes, manifest, root } = content;
    const manifestSha256 = sha256Hex(manifest);
    const named = { filename, uuid, size, sha1, sha256, manifestSha256, root: rootName(root), createdMs, originIss: iss };
    return this.db.transaction(async () => {
      let isReplacement = false;
      const decide = async (current: Package | null): Promise<Draft> => {
        content.expects?.(present(current));
        if (current && !current.deleted && !content.replaces) throw new FilenameTaken(current.filename);
        // The same file, uploaded twice within one millisecond.
        if ((await this.contents.findStates([uuid])).size > 0) throw new FilenameTaken(filename);
        isReplacement = present(current) !== null;
        const stage = content.stage ?? present(current)?.stage ?? ownStage;
        await this.contents.insert({
          ...{ uuid, filename, filenameKey: filenameKey(filename), size, sha1, sha256, manifestSha256, manifest, stage, createdMs },
          ...{ rootAlg: root.algorithm, rootHash: root.hash, blocks: root.blocks, digestsUnverified: null, refusal: null },
          state: 'held',
          originIss: iss,
          retireAfterMs: null,
          keepUntilMs: null,
          releaseId: null,
          verifiedMs: createdMs,
        });
        return { content: named, stage, notes };
      };
      const written = await this.catalog.write(filename, decide, { mustConfirm: content.isConfirmed !== true });
      const action = isReplacement ? 'package.replaced' : 'package.uploaded';
      await this.audit.record({ action, subject: filename, details: { size, sha256, stage: written.stage } });
      if (written.space === '') await this.events.record(action, eventOf(written));
      await content.onWritten?.();
      return { package: written, isReplacement };
    });
  }
}
