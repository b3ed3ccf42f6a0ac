import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { AuthorKey, type AuthorKeyState } from '#libs/entities/author-key.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on the keys that servers sign their writes with. */
@Injectable()
export class AuthorKeyRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<AuthorKey[]> {
    return this.db.manager.find(AuthorKey, { order: { iss: 'ASC', id: 'ASC' } });
  }

  findById(id: number): Promise<AuthorKey | null> {
    return this.db.manager.findOneBy(AuthorKey, { id });
  }

  findOf(iss: readonly string[]): Promise<AuthorKey[]> {
    return iss.length === 0 ? Promise.resolve([]) : this.db.manager.find(AuthorKey, { where: { iss: In(iss) }, order: { id: 'ASC' } });
  }

  count(): Promise<number> {
    return this.db.manager.count(AuthorKey);
  }

  /** Keeps what is there: two pages may introduce the same key at once. */
  async insertIfNew(key: Omit<AuthorKey, 'id'>): Promise<void> {
    await this.db.insertNew(AuthorKey, [key]);
  }

  async setState(id: number, state: AuthorKeyState): Promise<void> {
    await this.db.manager.update(AuthorKey, { id }, { state });
  }

  async remove(id: number): Promise<void> {
    await this.db.manager.delete(AuthorKey, { id });
  }
}
