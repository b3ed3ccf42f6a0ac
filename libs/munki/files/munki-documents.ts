import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentPublisher, type NewContent, type Published } from '#libs/packages/content-publisher.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { UploadStaging } from '#libs/upload/upload-staging.js';
import { MUNKI_STAGE } from './munki-files.service.js';

export type DocumentWrite = Pick<NewContent, 'replaces' | 'expects' | 'isConfirmed' | 'onWritten'>;

/** Small files of the repository that this server reads and writes itself. */
@Injectable()
export class MunkiDocuments {
  constructor(
    private readonly publisher: ContentPublisher,
    private readonly staging: UploadStaging,
    private readonly store: PackageStore,
  ) {}

  /** The bytes that clients of this server get; null when it has none. */
  async read({ servedUuid }: Pick<Package, 'servedUuid'>): Promise<Buffer | null> {
    if (servedUuid === null) return null;
    const file = await this.store.open(servedUuid);
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  /** Throws what ContentPublisher and UploadStaging do. */
  write(path: string, content: Buffer, how: DocumentWrite): Promise<Published> {
    return this.staging.during(async (stagingId) => {
      const written = await this.staging.receive(stagingId, () => Readable.from([content]));
      const named = { stagingId, filename: MUNKI_PREFIX + path, stage: MUNKI_STAGE, notes: null } as const;
      return this.publisher.publish({ ...named, ...how, ...written });
    });
  }
}
