import { Injectable } from '@nestjs/common';
import { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** What became of a contact. */
export type JamfContact = Partial<
  Pick<
    JamfConnection,
    | ('version' | 'lastOkMs' | 'lastError' | 'comparedMs' | 'failingSinceMs')
    | ('pointsMs' | 'pointsFault' | 'networksMs' | 'networksFault')
    | ('readyMs' | 'leadsFromMs' | 'lookedMs' | 'leaderIss')
  >
>;

/** Every query on the connection to Jamf Pro: one row, or none. */
@Injectable()
export class JamfConnectionRepository {
  constructor(private readonly db: Database) {}

  find(): Promise<JamfConnection | null> {
    return this.db.manager.findOneBy(JamfConnection, ROW);
  }

  /** As it is, and stays until the open transaction ends. */
  hold(): Promise<JamfConnection | null> {
    const { manager, forUpdate } = this.db;
    return manager.findOne(JamfConnection, { where: ROW, ...forUpdate });
  }

  async save(values: Omit<JamfConnection, 'id'>): Promise<void> {
    await this.db.manager.save(JamfConnection, { ...ROW, ...values });
  }

  /** What became of a contact. Only of the connection that was used: it may have been changed meanwhile. */
  async note({ url }: Pick<JamfConnection, 'url'>, contact: JamfContact): Promise<void> {
    await this.db.manager.update(JamfConnection, { ...ROW, url }, contact);
  }

  async remove(): Promise<void> {
    await this.db.manager.delete(JamfConnection, ROW);
  }
}
