import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { ContentPublisher, type NewContent, type Published } from '#libs/packages/content-publisher.js';
import { checkMunkiPath } from '#libs/packages/filename.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { UploadStaging } from '#libs/upload/upload-staging.js';
import { MUNKI_STAGE } from './munki-files.service.js';

/** Small files of the Munki repository as a whole: manifests and pkginfo files. */
@Injectable()
export class MunkiDocuments {
  constructor(
    private readonly publisher: ContentPublisher,
    private readonly staging: UploadStaging,
    private readonly store: PackageStore,
  ) {}

  /** Throws InvalidFilename, StageNotYours, and what ContentPublisher does. */
  async write(
    path: string,
    content: Buffer,
    consent: Pick<NewContent, 'replaces' | 'isConfirmed' | 'expects' | 'onWritten'>,
  ): Promise<Published> {
    requireStages(MUNKI_STAGE);
    const filename = MUNKI_PREFIX + checkMunkiPath(path);
    return this.staging.during(async (stagingId) => {
      const written = await this.staging.receive(stagingId, () => Readable.from([content]));
      return this.publisher.publish({ stagingId, filename, stage: MUNKI_STAGE, notes: null, ...consent, ...written });
    });
  }

  /** The bytes of a content that is served here. */
  async read(uuid: string): Promise<Buffer> {
    const file = await this.store.open(uuid);
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  }
}
