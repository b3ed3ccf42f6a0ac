import { Injectable } from '@nestjs/common';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on resumable uploads. */
@Injectable()
export class ResumableUploadRepository {
  constructor(private readonly db: Database) {}

  async insert(upload: ResumableUpload): Promise<void> {
    await this.db.manager.insert(ResumableUpload, upload);
  }

  find(id: string): Promise<ResumableUpload | null> {
    return this.db.manager.findOneBy(ResumableUpload, { id });
  }

  count(): Promise<number> {
    return this.db.manager.count(ResumableUpload);
  }

  countOf(owner: string): Promise<number> {
    return this.db.manager.countBy(ResumableUpload, { owner });
  }

  /** Makes `holder` the only writer until then; false when another one is. */
  async hold(id: string, holder: string, now: number, heldUntilMs: number): Promise<boolean> {
    const free = [
      { id, holder: IsNull() },
      { id, holder },
      { id, heldUntilMs: LessThanOrEqual(now) },
    ];
    for (const where of free) {
      const { affected } = await this.db.manager.update(ResumableUpload, where, { holder, heldUntilMs });
      if (affected === 1) return true;
    }
    return false;
  }

  async release(id: string, holder: string): Promise<void> {
    await this.db.manager.update(ResumableUpload, { id, holder }, { holder: null, heldUntilMs: 0 });
  }

  /** False when this is no longer the holder. */
  async setReceived(id: string, holder: string, received: number, expiresMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(ResumableUpload, { id, holder }, { received, expiresMs });
    return affected === 1;
  }

  async delete(id: string): Promise<void> {
    await this.db.manager.delete(ResumableUpload, { id });
  }

  /** Those that have expired and are not being written. */
  findExpired(now: number, limit: number): Promise<ResumableUpload[]> {
    const where = { expiresMs: LessThanOrEqual(now), heldUntilMs: LessThanOrEqual(now) };
    return this.db.manager.find(ResumableUpload, { where, order: { expiresMs: 'ASC' }, take: limit });
  }
}
