import { Injectable } from '@nestjs/common';
import { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import { RetentionSettings } from '#libs/entities/retention-settings.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };
export type RetentionState = Omit<RetentionSettings, 'id'>;

/** Every query on the rules for old versions: one ordered list, written as a whole, and the row beside it. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly db: Database) {}

  rules(): Promise<RetentionRule[]> {
    return this.db.manager.find(RetentionRule, { order: { position: 'ASC' } });
  }

  async state(): Promise<RetentionState> {
    const row = await this.db.manager.findOneBy(RetentionSettings, ROW);
    return row ?? { automatic: false, ranMs: null, removed: 0, held: 0 };
  }

  async replaceRules(rules: readonly RetentionRule[]): Promise<void> {
    await this.db.manager.createQueryBuilder().delete().from(RetentionRule).execute();
    await this.db.insertRows(RetentionRule, rules);
  }

  async setState(change: Partial<RetentionState>): Promise<void> {
    await this.db.manager.save(RetentionSettings, { ...(await this.state()), ...ROW, ...change });
  }
}
