import { Injectable } from '@nestjs/common';
import { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on the rules: one ordered list, written as a whole. */
@Injectable()
export class JamfRuleRepository {
  constructor(private readonly db: Database) {}

  all(): Promise<JamfRule[]> {
    return this.db.manager.find(JamfRule, { order: { position: 'ASC' } });
  }

  async replace(rules: readonly Omit<JamfRule, 'position'>[]): Promise<void> {
    await this.db.transaction(async () => {
      await this.db.manager.createQueryBuilder().delete().from(JamfRule).execute();
      const rows = rules.map((rule, position) => ({ ...rule, position }));
      await this.db.insertRows(JamfRule, rows);
    });
  }
}
