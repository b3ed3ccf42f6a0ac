import { Injectable } from '@nestjs/common';
import { ServerRun } from '#libs/entities/server-run.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** The database's own memory of starts and stops. */
@Injectable()
export class ServerRunRepository {
  constructor(private readonly db: Database) {}

  find(): Promise<ServerRun | null> {
    return this.db.manager.findOneBy(ServerRun, ROW);
  }

  async save(run: Omit<ServerRun, 'id'>): Promise<void> {
    const { affected } = await this.db.manager.update(ServerRun, ROW, run);
    if (affected === 0) await this.db.insertNew(ServerRun, [{ ...ROW, ...run }]);
  }
}
