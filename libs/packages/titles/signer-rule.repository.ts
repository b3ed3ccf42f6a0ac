import { Injectable } from '@nestjs/common';
import { ReplicationSettings } from '#libs/entities/replication-settings.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Reads the setting of the rule about signers; `sync/limits` changes it. */
@Injectable()
export class SignerRuleRepository {
  constructor(private readonly db: Database) {}

  async isOn(): Promise<boolean> {
    return (await this.db.manager.findOneBy(ReplicationSettings, { id: 1 }))?.confirmSigners === true;
  }
}
