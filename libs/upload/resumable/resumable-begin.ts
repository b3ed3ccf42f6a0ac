import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import type { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { ContentPublisher } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { checkField, stageOf, uploadFields } from '../upload-fields.js';
import { UploadMalformed, UploadTooLarge } from '../upload.errors.js';
import { TooManyUploads } from './resumable.errors.js';
import { expiryOf, ownerOf, stagingOf } from './resumable-life.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';
import { requireKnownKeys, uploadMetadata } from './tus-headers.js';

/** Uploads that are begun and not removed, of all clients together. */
const MOST_UPLOADS = 500;
/** Of one client: it cannot take the places of all others. */
const MOST_OF_ONE = 50;

/** Begins resumable uploads: what is known to fail is refused before a byte is sent. */
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
    const input = await this.inputOf(uploadMetadata(header));
    await this.publisher.refuseTaken(input.filename, size, input.replaces);
    await this.store.requireRoom(size);
    if ((await this.uploads.count()) >= MOST_UPLOADS) throw new TooManyUploads();
    if ((await this.uploads.countOf(ownerOf(caller))) >= MOST_OF_ONE) throw new TooManyUploads(MOST_OF_ONE);
    const now = this.clock.now();
    const upload: ResumableUpload = {
      ...input,
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

  private async inputOf(metadata: Map<string, string>): Promise<Pick<ResumableUpload, 'filename' | 'stage' | 'notes' | 'replaces'>> {
    requireKnownKeys(metadata);
    const filename = metadata.get('filename');
    if (filename === undefined) throw new UploadMalformed('Upload-Metadata has no filename.');
    for (const name of uploadFields) checkField(name, metadata.get(name) ?? '');
    const stage = stageOf(metadata.get('stage'));
    requireStages(stage ?? (await this.identity.get()).stage);
    const replaces = metadata.get('replace') === 'true';
    return { filename: checkFilename(filename), stage, notes: metadata.get('notes') || null, replaces };
  }
}
