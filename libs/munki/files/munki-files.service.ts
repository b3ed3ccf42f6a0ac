import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import type { Published } from '#libs/packages/content-publisher.js';
import { checkMunkiPath, filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { type ListedVersion, PackageVersions } from '#libs/packages/package-versions.service.js';
import { BadCursor } from '#libs/packages/packages.errors.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { Database } from '#libs/platform/database/database.js';
import { MUNKI_PREFIX, spaceOf } from '#libs/replication/space.js';
import { type NamedUpload, RawUploadService } from '#libs/upload/raw/raw-upload.service.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import { type FileFilter, MunkiFileRepository } from './munki-file.repository.js';

/** Files of a Munki repository belong to every server. */
export const MUNKI_STAGE = 'Prod';

export interface FilePage {
  readonly rows: readonly Package[];
  readonly next: string | null;
}

export interface PutOptions extends Pick<NamedUpload, 'onPiece'> {
  readonly confirm?: boolean;
  readonly sha256?: string;
}

/** Files of the Munki repository, as their authors see them. */
@Injectable()
export class MunkiFiles {
  constructor(
    private readonly files: MunkiFileRepository,
    private readonly uploads: RawUploadService,
    private readonly catalog: Catalog,
    private readonly packages: PackageRepository,
    private readonly versions: PackageVersions,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly ownClock: OwnClock,
  ) {}

  /** Throws BadCursor. */
  async list(filter: FileFilter, limit: number, cursor?: string): Promise<FilePage> {
    const found = await this.files.find(filter, cursor === undefined ? null : keyIn(cursor), limit + 1);
    const rows = found.slice(0, limit);
    return { rows, next: found.length > limit ? Buffer.from(rows.at(-1)!.filenameKey).toString('base64url') : null };
  }

  /** Stores the body of a request under a path, in place of what is there. Throws InvalidFilename, and what RawUploadService does. */
  put(request: IncomingMessage, path: string, { confirm = false, sha256, onPiece }: PutOptions): Promise<Published> {
    const named = { filename: MUNKI_PREFIX + checkMunkiPath(path), stage: MUNKI_STAGE, notes: null } as const;
    return this.uploads.receive(request, { ...named, replaces: true, isConfirmed: confirm, sha256, ...(onPiece ? { onPiece } : {}) });
  }

  /** Removes a file from every server. Throws MunkiFileNotFound or MassChangeUnconfirmed. */
  async remove(path: string, isConfirmed: boolean): Promise<void> {
    const name = nameAt(path);
    requireStages(MUNKI_STAGE);
    await this.ownClock.requireRight();
    if (!isThere(await this.packages.findByKey(filenameKey(name)))) throw new MunkiFileNotFound(path);
    await this.db.transaction(async () => {
      const written = await this.catalog.write(
        name,
        (current) => {
          if (!isThere(current)) throw new MunkiFileNotFound(path);
          return { deleted: true };
        },
        { mustConfirm: !isConfirmed },
      );
      const { filename, stage, sha256 } = written;
      await this.audit.record({ action: 'package.deleted', subject: filename, details: { stage, sha256 } });
    });
  }

  /** How long deleted and replaced versions are kept, in days. */
  get retentionDays(): number {
    return this.versions.retentionDays;
  }

  /** Contents of a path that are not in force, the newest first. Throws MunkiFileNotFound for a path that never had a file. */
  async listVersions(path: string): Promise<ListedVersion[]> {
    return this.versions.listOf(await this.entryAt(path));
  }

  /** Brings an earlier version of a path back, on every server, which is a new write. Throws MunkiFileNotFound or NothingToRestore. */
  async restore(path: string, uuid?: string): Promise<Package> {
    requireStages(MUNKI_STAGE);
    await this.ownClock.requireRight();
    const { filenameKey: key } = await this.entryAt(path);
    return this.db.transaction(async () => {
      const written = await this.catalog.write(key, async (current) => {
        if (!current) throw new MunkiFileNotFound(path);
        return { content: await this.versions.contentOf(current, uuid) };
      });
      await this.audit.record({ action: 'package.restored', subject: written.filename, details: { sha256: written.sha256 } });
      return written;
    });
  }

  private async entryAt(path: string): Promise<Package> {
    const row = await this.packages.findByKey(filenameKey(nameAt(path)));
    if (!row) throw new MunkiFileNotFound(path);
    return row;
  }
}

const nameAt = (path: string): string => MUNKI_PREFIX + path.normalize('NFC');

const isThere = (row: Package | null): row is Package => row !== null && !row.deleted;

function keyIn(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (spaceOf(key) !== 'munki' || filenameKey(key) !== key) throw new BadCursor();
  return key;
}
