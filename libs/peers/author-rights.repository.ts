import { Injectable } from '@nestjs/common';
import { AuthorRights } from '#libs/entities/author-rights.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on what is accepted from which author. */
@Injectable()
export class AuthorRightsRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<AuthorRights[]> {
    return this.db.manager.find(AuthorRights, { order: { iss: 'ASC' } });
  }

  /** False when what is accepted of it was decided before; that stays. */
  async insertIfNew(rights: AuthorRights): Promise<boolean> {
    if (await this.db.manager.existsBy(AuthorRights, { iss: rights.iss })) return false;
    await this.db.insertNew(AuthorRights, [rights]);
    return true;
  }

  async save(rights: AuthorRights): Promise<void> {
    const { affected } = await this.db.manager.update(AuthorRights, { iss: rights.iss }, rights);
    if (affected === 0) await this.db.manager.insert(AuthorRights, rights);
  }
}
