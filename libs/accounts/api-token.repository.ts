import { Injectable } from '@nestjs/common';
import { ApiToken } from '#libs/entities/api-token.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on API tokens. */
@Injectable()
export class ApiTokenRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<ApiToken[]> {
    return this.db.manager.find(ApiToken, { order: { nameKey: 'ASC' } });
  }

  findById(id: number): Promise<ApiToken | null> {
    return this.db.manager.findOneBy(ApiToken, { id });
  }

  findOfAccount(accountId: number): Promise<ApiToken[]> {
    return this.db.manager.find(ApiToken, { where: { accountId }, order: { id: 'ASC' } });
  }

  findByHash(secretHash: string): Promise<ApiToken | null> {
    return this.db.manager.findOneBy(ApiToken, { secretHash });
  }

  /** Null when the name is taken. */
  async insert(token: Omit<ApiToken, 'id'>): Promise<ApiToken | null> {
    await this.db.insertNew(ApiToken, [token]);
    return this.findByHash(token.secretHash);
  }

  async setLastUsed(id: number, lastUsedMs: number): Promise<void> {
    await this.db.manager.update(ApiToken, { id }, { lastUsedMs });
  }

  async delete(id: number): Promise<boolean> {
    const { affected } = await this.db.manager.delete(ApiToken, { id });
    return affected === 1;
  }
}
