import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { SeenToken } from '#libs/entities/seen-token.entity.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';

/** Remembers which tokens were used, on all replicas together. */
@Injectable()
export class SeenTokenRepository {
  constructor(private readonly db: Database) {}

  /** False when this token was used before. One statement decides, so that of two uses at once one loses. `canBeLost`: a power cut may forget it. */
  async use(iss: string, jti: string, expiresMs: number, canBeLost = false): Promise<boolean> {
    const id = sha256Hex(`${iss} ${jti}`);
    try {
      await this.db.transaction(() => this.db.manager.insert(SeenToken, { id, expiresMs }), { canBeLost });
      return true;
    } catch (error) {
      if (await this.db.manager.existsBy(SeenToken, { id })) return false;
      throw error;
    }
  }

  async removeExpired(now: number): Promise<void> {
    await this.db.manager.delete(SeenToken, { expiresMs: LessThan(now) });
  }
}
