import { Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { Validators } from '#libs/platform/http/http-conditions.js';
import { filenameKey } from '#libs/packages/filename.js';
import { DamagedContents } from '#libs/packages/integrity/damaged-contents.js';
import type { ServedContent } from '#libs/packages/package.repository.js';
import { spaceOf } from '#libs/replication/space.js';
import { DownloadAccess } from './access/download-access.js';
import type { ShownCredentials } from './access/download-policy.js';
import { KnownDownloads } from './known-downloads.js';
import { ContentUnavailable, PackageNotFound } from '#libs/packages/packages.errors.js';

/** Between looking up a row and opening its file, the package may be replaced: then the newer row is read. */
const ATTEMPTS = 3;

export type { ServedContent };

/** What a request asks for. */
export interface WantedDownload {
  /** The first of these names that is served, as `filenameKey` writes them. */
  readonly keys: readonly string[];
  /** What is thrown when none is. */
  readonly missing: () => Error;
  /** The caller may have it whatever the settings of downloads are. */
  readonly isAllowed?: boolean;
}

/** A package of the share. A "+" also stands for a space, as in forms, where no name has the "+". */
export function packageCalled(filename: string): WantedDownload {
  const names = filename.includes('+') ? [filename, filename.replaceAll('+', ' ')] : [filename];
  const keys = spaceOf(filename) === '' ? names.map(filenameKey) : [];
  return { keys, missing: () => new PackageNotFound(filename) };
}

export const validatorsOf = ({
  sha256,
  createdMs,
  lastModifiedMs,
}: Pick<ServedContent, 'sha256' | 'createdMs' | 'lastModifiedMs'>): Validators => ({
  etag: `"sha256-${Buffer.from(sha256, 'hex').toString('base64url')}"`,
  lastModifiedMs: Math.max(createdMs, lastModifiedMs),
});

/** Finds what clients download. The database row decides which bytes a name means, and the content's own row its size and digest. */
@Injectable()
export class DownloadService {
  constructor(
    private readonly store: PackageStore,
    private readonly damaged: DamagedContents,
    private readonly known: KnownDownloads,
    private readonly access: DownloadAccess,
  ) {}

  /** Throws what the request has for a name that is not public here, and what DownloadAccess throws. */
  async find({ keys, missing, isAllowed = false }: WantedDownload, credentials: ShownCredentials): Promise<ServedContent> {
    const row = await this.known.find(keys);
    if (!isAllowed) await this.access.require(credentials, row);
    if (!row) throw missing();
    return row;
  }

  /** Like `find`, for bytes that another program reads: they are there with their size. Throws what `find` does, and ContentUnavailable. */
  async findReadable(wanted: WantedDownload, credentials: ShownCredentials): Promise<ServedContent> {
    for (let attempt = 1; ; attempt += 1) {
      const row = await this.find(wanted, credentials);
      if (await this.store.has(row.uuid, row.size)) return row;
      if (attempt === ATTEMPTS) await this.refuse(row);
    }
  }

  /** The bytes could not be read to their end: this server no longer claims to have them, and fetches them again. */
  readFailed({ uuid }: ServedContent, error: unknown): Promise<void> {
    return this.damaged.readFailed(uuid, error);
  }

  /** The caller closes the handle. Throws what `find` does, and ContentUnavailable. */
  async open(wanted: WantedDownload, credentials: ShownCredentials): Promise<{ row: ServedContent; handle: FileHandle }> {
    for (let attempt = 1; ; attempt += 1) {
      const row = await this.find(wanted, credentials);
      let fault: unknown;
      try {
        const handle = await this.store.open(row.uuid);
        if ((await handle.stat()).size === row.size) return { row, handle };
        await handle.close();
      } catch (error) {
        fault = error;
      }
      if (attempt === ATTEMPTS) await this.refuse(row, fault);
    }
  }

  private async refuse(row: ServedContent, fault?: unknown): Promise<never> {
    await this.damaged.readFailed(row.uuid, fault);
    throw new ContentUnavailable(row.filename);
  }
}
