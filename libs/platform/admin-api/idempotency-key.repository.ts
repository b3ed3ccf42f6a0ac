import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { IdempotencyKey } from '#libs/entities/idempotency-key.entity.js';
import { Database } from '../database/database.js';

/** Every query on requests that may be sent again. */
@Injectable()
export class IdempotencyKeyRepository {
  constructor(private readonly db: Database) {}

  /** The row that stands for the key now: the given one, unless there was one before. */
  async claim(row: IdempotencyKey): Promise<IdempotencyKey | null> {
    await this.db.insertNew(IdempotencyKey, [row]);
    return this.db.manager.findOneBy(IdempotencyKey, { id: row.id });
  }

  async complete({ id, claim }: IdempotencyKey, change: Pick<IdempotencyKey, 'status' | 'answer' | 'expiresMs'>): Promise<void> {
    await this.db.manager.update(IdempotencyKey, { id, claim }, change);
  }

  async delete({ id, claim }: IdempotencyKey): Promise<void> {
    await this.db.manager.delete(IdempotencyKey, { id, claim });
  }

  async deleteExpired(now: number): Promise<void> {
    await this.db.manager.delete(IdempotencyKey, { expiresMs: LessThanOrEqual(now) });
  }
}
