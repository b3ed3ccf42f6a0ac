import { Injectable } from '@nestjs/common';
import { BlockedServer } from '#libs/entities/blocked-server.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on blocked servers. */
@Injectable()
export class BlockedServerRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<BlockedServer[]> {
    return this.db.manager.find(BlockedServer, { order: { blockedMs: 'DESC', iss: 'ASC' } });
  }

  async save(server: BlockedServer): Promise<void> {
    await this.db.manager.delete(BlockedServer, { iss: server.iss });
    await this.db.manager.insert(BlockedServer, server);
  }

  /** The server as it was when it was removed from the list; null when it was not on it. */
  async remove(iss: string): Promise<BlockedServer | null> {
    const found = await this.db.manager.findOneBy(BlockedServer, { iss });
    if (found) await this.db.manager.delete(BlockedServer, { iss });
    return found;
  }
}
