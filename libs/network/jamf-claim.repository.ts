import { Injectable } from '@nestjs/common';
import { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** What the summary of this server says of its connection with Jamf Pro. */
@Injectable()
export class JamfClaimRepository {
  constructor(private readonly db: Database) {}

  find(): Promise<JamfConnection | null> {
    return this.db.manager.findOneBy(JamfConnection, { id: 1 });
  }
}
