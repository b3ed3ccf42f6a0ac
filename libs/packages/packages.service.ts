import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { admits, stages, type Stage } from '#libs/replication/stage.js';
import { Catalog } from './catalog.js';
import { ContentRepository } from './content.repository.js';
import { entryOf } from './entry-of.js';
import { eventOf } from './event-of.js';
import { filenameKey } from './filename.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { PackageListRepository, sortColumns, type PackageFilter, type PackageOrder, type SortField } from './package-list.repository.js';
import { PackageRepository } from './package.repository.js';
import { NothingToRestore, PackageNotFound } from './packages.errors.js';
import { RemovalBrake } from './removal-brake.js';
import { ShareLinks } from './share-links.js';

export interface PackagePage {
  readonly rows: Package[];
  readonly total: number;
  readonly next: string | null;
}

/** `filename` or `-created`. */
function orderOf(sort: string): PackageOrder {
  return { field: sort.replace(/^-/, '') as SortField, isDescending: sort.startsWith('-') };
}

const present = (row: Package | null): row is Package => row !== null && !row.deleted;

/** What people do with packages; uploading them is the upload feature's. */
@Injectable()
export class PackagesService {
  constructor(
    private readonly db: Database,
    private readonly packages: PackageRepository,
    private readonly lists: PackageListRepository,
    private readonly contents: ContentRepository,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly brake: RemovalBrake,
    private readonly identity: ServerIdentity,
  ) {}

  async list(filter: PackageFilter, sort: string, limit: number, cursor?: string): Promise<PackagePage> {
    const order = orderOf(sort);
    const after = cursor === undefined ? null : decodeCursor(cursor, order);
    const found = await this.lists.find(filter, order, after, limit + 1);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const hasMore = found.length > limit && last !== undefined;
    const next = hasMore ? encodeCursor(order, { value: last[sortColumns[order.field]], id: last.id }) : null;
    return { rows, total: await this.lists.count(filter), next };
  }

  /** By database id or by filename. Throws PackageNotFound. */
  async get(idOrName: string): Promise<Package> {
    const byId = /^\d{1,9}$/.test(idOrName) ? await this.packages.findById(Number(idOrName)) : null;
    const row = present(byId) ? byId : await this.packages.findByKey(filenameKey(idOrName));
    if (!present(row)) throw new PackageNotFound(idOrName);
    return row;
  }

  async getWithManifest(idOrName: string): Promise<{ row: Package; manifest: Buffer | null }> {
    const row = await this.get(idOrName);
    return { row, manifest: (await this.contents.find(row.uuid))?.manifest ?? null };
  }

  /** Promotes, demotes or annotates: one small write that travels the mesh (MESH §5). Throws MassDeleteUnconfirmed. */
  async update(idOrName: string, change: { stage?: Stage; notes?: string | null }, isConfirmed = false): Promise<Package> {
    const { filename, stage, notes } = await this.get(idOrName);
    const isNews = (change.stage ?? stage) !== stage || (change.notes !== undefined && change.notes !== notes);
    if (!isNews) return this.get(idOrName); // nothing to tell the mesh
    const withdraws = await this.withdraws(stage, change.stage ?? stage);
    return this.settled(async () => {
      if (withdraws && !isConfirmed) await this.brake.checkOwn();
      let before: Package | undefined;
      const written = await this.catalog.write(filename, (current) => {
        if (!present(current)) throw new PackageNotFound(idOrName);
        before = current;
        return {
          ...entryOf(current),
          stage: change.stage ?? current.stage,
          notes: change.notes === undefined ? current.notes : change.notes,
        };
      });
      const old = { stage: before!.stage, notes: before!.notes };
      await this.audit.record({
        action: 'package.updated',
        subject: filename,
        details: { before: old, after: { stage: written.stage, notes: written.notes } },
      });
      if (written.stage !== before!.stage) {
        const isPromotion = stages.indexOf(written.stage) > stages.indexOf(before!.stage);
        await this.events.record(isPromotion ? 'package.promoted' : 'package.demoted', { ...eventOf(written), from: before!.stage });
      }
      return written;
    });
  }

  /** Removes the package from every server; its content stays restorable for the retention time. Throws MassDeleteUnconfirmed. */
  async remove(idOrName: string, isConfirmed = false): Promise<void> {
    const { filename } = await this.get(idOrName);
    await this.settled(async () => {
      if (!isConfirmed) await this.brake.checkOwn();
      const written = await this.catalog.write(filename, (current) => {
        if (!present(current)) throw new PackageNotFound(idOrName);
        return { ...entryOf(current), deleted: true };
      });
      const { stage, sha256 } = written;
      await this.audit.record({ action: 'package.deleted', subject: filename, details: { stage, sha256 } });
      await this.events.record('package.deleted', eventOf(written));
      return written;
    });
  }

  /** Brings back the newest earlier version of a name that this server still has: a new write. */
  async restore(idOrName: string): Promise<Package> {
    const key = await this.keyOf(idOrName);
    return this.settled(async () => {
      const written = await this.catalog.write(key, async (current) => {
        if (!current) throw new PackageNotFound(idOrName);
        const kept = await this.contents.findRestorable(key);
        const version = kept.find(({ uuid, state }) => state === 'superseded' && (current.deleted || uuid !== current.uuid));
        if (!version) throw new NothingToRestore(current.filename);
        const { uuid, filename, size, sha1, sha256, manifestSha256, createdMs, originIss } = version;
        return {
          uuid,
          filename,
          size,
          sha1,
          sha256,
          manifestSha256,
          createdMs,
          originIss,
          deleted: false,
          stage: current.stage,
          notes: current.notes,
        };
      });
      await this.audit.record({ action: 'package.restored', subject: written.filename, details: { sha256: written.sha256 } });
      await this.events.record('package.restored', eventOf(written));
      return written;
    });
  }

  private async withdraws(from: Stage, to: Stage): Promise<boolean> {
    const { stage } = await this.identity.get();
    return admits(stage, from) && !admits(stage, to);
  }

  /** The caller is told when the share says the same as the catalog. */
  private async settled(work: () => Promise<Package>): Promise<Package> {
    const written = await this.db.transaction(work);
    await this.links.settle(written.filenameKey);
    return written;
  }

  /** Restoring also finds the names of deleted packages. */
  private async keyOf(idOrName: string): Promise<string> {
    const byId = /^\d{1,9}$/.test(idOrName) ? await this.packages.findById(Number(idOrName)) : null;
    return byId?.filenameKey ?? filenameKey(idOrName);
  }
}
