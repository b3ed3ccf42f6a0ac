import { Injectable } from '@nestjs/common';
import type { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { ContentPublisher, type Published } from '#libs/packages/content-publisher.js';
import { FilenameTaken, MassChangeUnconfirmed } from '#libs/packages/packages.errors.js';
import { Database } from '#libs/platform/database/database.js';
import type { AppendWriter } from '#libs/platform/storage/append-writer.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { Written } from '#libs/platform/storage/write-all.js';
import { requireSha256 } from '../upload-fields.js';
import { DigestMismatch } from '../upload.errors.js';
import { UploadCannotBePublished } from './resumable.errors.js';
import { type Progress, stagingOf } from './resumable-life.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';
import { uploadMetadata } from './tus-headers.js';
import { UploadLeases } from './upload-leases.js';

/** How resumable uploads end: as a package, or removed. */
@Injectable()
export class ResumableEnd {
  constructor(
    private readonly db: Database,
    private readonly uploads: ResumableUploadRepository,
    private readonly leases: UploadLeases,
    private readonly publisher: ContentPublisher,
    private readonly store: PackageStore,
  ) {}

  /** All bytes are there. The upload stays, complete, until it expires: a client whose answer was lost asks for it. */
  async publish(upload: ResumableUpload, writer: AppendWriter): Promise<Progress> {
    const published = await this.published(upload, await wholeOf(writer));
    const { id, size, expiresMs } = upload;
    await this.db.transaction(() => this.uploads.setReceived(id, this.leases.holder, size, expiresMs));
    await this.store.discardStaging(stagingOf(id)); // there when the same content was there already
    return { upload: { ...upload, received: size }, published };
  }

  async forget(id: string): Promise<void> {
    await this.uploads.delete(id);
    await this.store.discardStaging(stagingOf(id));
  }

  private async published({ id, filename, stage, notes, replaces, metadata }: ResumableUpload, written: Written): Promise<Published> {
    try {
      const asked = uploadMetadata(metadata ?? undefined);
      requireSha256(asked.get('sha256'), written.sha256);
      const isConfirmed = asked.get('confirm') === 'true';
      const target = { stagingId: stagingOf(id), filename, stage, notes, replaces, isConfirmed };
      return await this.publisher.publish({ ...target, ...written });
    } catch (error) {
      const isFinal = [FilenameTaken, MassChangeUnconfirmed, DigestMismatch].some((kind) => error instanceof kind);
      if (!isFinal) throw error;
      await this.forget(id);
      throw error instanceof DigestMismatch ? error : new UploadCannotBePublished((error as Error).message);
    }
  }
}

async function wholeOf(writer: AppendWriter): Promise<Written> {
  try {
    return await writer.finish();
  } finally {
    await writer.close();
  }
}
