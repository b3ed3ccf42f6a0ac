import { Injectable } from '@nestjs/common';
import { MunkiPromotionRule } from '#libs/entities/munki-promotion-rule.entity.js';
import { MunkiPromotionState } from '#libs/entities/munki-promotion-state.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { PromotionRule } from './due-promotions.js';

const ROW = { id: 1 };
export type PromotionState = Omit<MunkiPromotionState, 'id'>;

/** Every query on the rules for promotion: one ordered list, written as a whole, and the row beside it. */
@Injectable()
export class PromotionRepository {
  constructor(private readonly db: Database) {}

  async rules(): Promise<PromotionRule[]> {
    const rows = await this.db.manager.find(MunkiPromotionRule, { order: { position: 'ASC' } });
    return rows.map(({ fromCatalog: from, toCatalog: to, keepsFrom, afterDays, exceptNames: except }) => ({
      ...{ from, to, keepsFrom, afterDays, except },
    }));
  }

  async replaceRules(rules: readonly PromotionRule[]): Promise<void> {
    await this.db.manager.createQueryBuilder().delete().from(MunkiPromotionRule).execute();
    const rows = rules.map(({ from: fromCatalog, to: toCatalog, keepsFrom, afterDays, except }, position) => ({
      ...{ position, fromCatalog, toCatalog, keepsFrom, afterDays, exceptNames: [...except] },
    }));
    await this.db.insertRows(MunkiPromotionRule, rows);
  }

  async state(): Promise<PromotionState> {
    const row = await this.db.manager.findOneBy(MunkiPromotionState, ROW);
    return row ?? { ranMs: null, promoted: 0, held: 0 };
  }

  async setState(state: PromotionState): Promise<void> {
    await this.db.manager.save(MunkiPromotionState, { ...state, ...ROW });
  }
}
