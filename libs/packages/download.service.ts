import { Injectable, Logger } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import type { Package } from '#libs/entities/package.entity.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { Validators } from './http-conditions.js';
import { filenameKey } from './filename.js';
import { PackageRepository } from './package.repository.js';
import { ContentUnavailable, PackageNotFound } from './packages.errors.js';

/** Between looking up a row and opening its file, the package may be replaced: then there is a newer row to look at. */
const ATTEMPTS = 3;

export const validatorsOf = ({ sha256, createdMs }: Package): Validators => ({
  etag: `"sha256-${Buffer.from(sha256, 'hex').toString('base64url')}"`,
  lastModifiedMs: createdMs,
});

/** Finds what clients download. The database row decides which bytes a name means, so row and bytes always agree. */
@Injectable()
export class DownloadService {
  private readonly logger = new Logger(DownloadService.name);

  constructor(
    private readonly packages: PackageRepository,
    private readonly store: PackageStore,
  ) {}

  /** Throws PackageNotFound for what is not public here. */
  async find(filename: string): Promise<Package> {
    const row = await this.packages.findByKey(filenameKey(filename));
    if (!row || row.status !== 'Public') throw new PackageNotFound(filename);
    return row;
  }

  /** The caller closes the handle. Throws PackageNotFound or ContentUnavailable. */
  async open(filename: string): Promise<{ row: Package; handle: FileHandle }> {
    for (let attempt = 1; ; attempt += 1) {
      const row = await this.find(filename);
      try {
        return { row, handle: await this.store.open(row.uuid) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        if (attempt < ATTEMPTS) continue;
        this.logger.error(
          `The content of ${row.filename} (${row.uuid}) is missing on disk. Is the disk mounted? Verifying the package fetches it again.`,
        );
        throw new ContentUnavailable(row.filename);
      }
    }
  }
}
