import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Principal } from '#libs/accounts/principal.js';
import type { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { ContentPublisher } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { checkField, stageOf } from '../upload-fields.js';
import { UploadMalformed, UploadTooLarge } from '../upload.errors.js';
import { TooManyUploads } from './resumable.errors.js';
import { expiryOf, ownerOf, stagingOf } from './resumable-life.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';
import { uploadMetadata } from './tus-headers.js';

/** Uploads that are begun and not removed, of all clients together. */
const MOST_UPLOADS = 500;

/** Begins resumable uploads: what can be known to be in vain is refused before a byte is sent. */
@Injectable()
export class ResumableBegin {
  constructor(
    private readonly uploads: ResumableUploadRepository,
    private readonly store: PackageStore,
    private readonly publisher: ContentPublisher,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Throws UploadMalformed, UploadTooLarge, DiskFull, FilenameTaken, InvalidFilename, TooManyUploads. */
  async begin(caller: Principal, size: number, header: string | undefined): Promise<ResumableUpload> {
    const mostBytes = this.config.get('MAX_UPLOAD_BYTES');
    if (size > mostBytes) throw new UploadTooLarge(mostBytes);
    const wish = await this.wishOf(uploadMetadata(header));
    await this.publisher.refuseTaken(wish.filename, size, wish.replaces);
    await this.store.requireRoom(size);
    if ((await this.uploads.count()) >= MOST_UPLOADS) throw new TooManyUploads();
    const now = this.clock.now();
    const upload: ResumableUpload = {
      ...wish,
      id: newHexId(),
      owner: ownerOf(caller),
      metadata: header ?? null,
      size,
      received: 0,
      createdMs: now,
      expiresMs: expiryOf(this.config, now),
      holder: null,
      heldUntilMs: 0,
    };
    await (await this.store.createStaging(stagingOf(upload.id), null)).close();
    await this.uploads.insert(upload);
    return upload;
  }

  private async wishOf(metadata: Map<string, string>): Promise<Pick<ResumableUpload, 'filename' | 'stage' | 'notes' | 'replaces'>> {
    const filename = metadata.get('filename');
    if (filename === undefined) throw new UploadMalformed('Upload-Metadata has no filename.');
    for (const [name, value] of metadata) checkField(name, value);
    const stage = stageOf(metadata.get('stage'));
    requireStages(stage ?? (await this.identity.get()).stage);
    const replaces = metadata.get('replace') === 'true';
    return { filename: checkFilename(filename), stage, notes: metadata.get('notes') || null, replaces };
  }
}
