import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { Database } from '#libs/platform/database/database.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { Catalog } from './catalog/catalog.js';
import type { Draft } from './catalog/write-signer.js';
import { ContentRepository } from './content.repository.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { PackageListRepository, sortColumns, type PackageFilter, type PackageOrder, type SortField } from './package-list.repository.js';
import { PackageEvents } from './package-events.js';
import { type PackageAddress, PackageFinder } from './package-finder.js';
import { PackageVersions } from './package-versions.service.js';
import { PackageNotFound } from './packages.errors.js';
import { ShareLinks } from './share-links.js';
import { SignerRule } from './titles/signer-rule.js';

export interface PackageChange {
  readonly stage?: Stage;
  readonly notes?: string | null;
}

/** What the caller says is meant. */
export interface Consent {
  readonly isMassChange?: boolean;
  readonly isSigner?: boolean;
}

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
    private readonly finder: PackageFinder,
    private readonly lists: PackageListRepository,
    private readonly contents: ContentRepository,
    private readonly versions: PackageVersions,
    private readonly catalog: Catalog,
    private readonly links: ShareLinks,
    private readonly audit: AuditTrail,
    private readonly events: PackageEvents,
    private readonly ownClock: OwnClock,
    private readonly signers: SignerRule,
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

  /** Throws PackageNotFound. */
  get(address: PackageAddress): Promise<Package> {
    return this.finder.find(address);
  }

  async getWithManifest(address: PackageAddress): Promise<{ row: Package; manifest: Buffer | null }> {
    const row = await this.get(address);
    return { row, manifest: (await this.contents.find(row.uuid))?.manifest ?? null };
  }

  /** Promotes, demotes or annotates: one small write that travels the mesh (MESH §5). Throws MassChangeUnconfirmed or SignerUnconfirmed. */
  async update(address: PackageAddress, change: PackageChange, consent: Consent = {}): Promise<Package> {
    const found = await this.finder.findToChange(address);
    const { filename, stage, notes } = found;
    const isNews = (change.stage ?? stage) !== stage || (change.notes !== undefined && change.notes !== notes);
    if (!isNews) return found; // nothing to send to the mesh
    return this.settled(async () => {
      let before: Package | undefined;
      let agreed: string | null = null;
      const decide = async (current: Package | null): Promise<Draft> => {
        if (!present(current)) throw new PackageNotFound(address.text);
        before = current;
        agreed = await this.signers.check(current, change.stage, consent.isSigner === true);
        return {
          ...(change.stage === undefined || change.stage === current.stage ? {} : { stage: change.stage }),
          ...(change.notes === undefined || change.notes === current.notes ? {} : { notes: change.notes }),
        };
      };
      const written = await this.catalog.write(filename, decide, { mustConfirm: consent.isMassChange !== true });
      const old = { stage: before!.stage, notes: before!.notes };
      await this.audit.record({
        action: 'package.updated',
        subject: filename,
        details: {
          ...{ before: old, after: { stage: written.stage, notes: written.notes } },
          ...(agreed === null ? {} : { agreed_to: agreed }),
        },
      });
      if (written.stage !== before!.stage) {
        const isPromotion = stages.indexOf(written.stage) > stages.indexOf(before!.stage);
        await this.events.record(isPromotion ? 'package.promoted' : 'package.demoted', written, { from: before!.stage });
      }
      return written;
    });
  }

  /**
   * Removes the package from every server; its content stays restorable for the retention time. With `isMeant` only while the package is
   * what the caller looked at. Throws PackageNotFound or MassChangeUnconfirmed.
   */
  async remove(address: PackageAddress, isConfirmed = false, isMeant: (current: Package) => boolean = () => true): Promise<void> {
    const { filename } = await this.finder.findToChange(address);
    await this.settled(async () => {
      const decide = (current: Package | null): Draft => {
        if (!present(current) || !isMeant(current)) throw new PackageNotFound(address.text);
        return { deleted: true };
      };
      const written = await this.catalog.write(filename, decide, { mustConfirm: !isConfirmed });
      const { stage, sha256 } = written;
      await this.audit.record({ action: 'package.deleted', subject: filename, details: { stage, sha256 } });
      await this.events.record('package.deleted', written);
      return written;
    });
  }

  /**
   * Brings an earlier version of a name back, which is a new write: the one with `uuid`, whose bytes are fetched when they are not here,
   * or the newest one that this server still has. Throws PackageNotFound or NothingToRestore.
   */
  async restore(address: PackageAddress, uuid?: string): Promise<Package> {
    const { filenameKey: key } = await this.finder.findEntry(address);
    return this.settled(async () => {
      const written = await this.catalog.write(key, async (current) => {
        if (!current) throw new PackageNotFound(address.text);
        return { content: await this.versions.contentOf(current, uuid) };
      });
      await this.audit.record({ action: 'package.restored', subject: written.filename, details: { sha256: written.sha256 } });
      await this.events.record('package.restored', written);
      return written;
    });
  }

  /** Answers the caller only when the share matches the catalog. */
  private async settled(work: () => Promise<Package>): Promise<Package> {
    await this.ownClock.requireRight();
    const written = await this.db.transaction(work);
    await this.links.settle(written.filenameKey);
    return written;
  }
}
