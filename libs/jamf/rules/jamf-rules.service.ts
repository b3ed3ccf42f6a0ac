import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { TitledPackages } from '#libs/packages/titles/titled-packages.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { type Category, listCategories } from '../client/categories.js';
import { JamfClients } from '../client/jamf-clients.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { JamfNotSetUp, orCallFailed } from '../jamf.errors.js';
import { COMPARE_KEY, CompareWithJamf, LookForLeader } from '../jamf.jobs.js';
import { JamfRuleRepository } from './jamf-rule.repository.js';
import { ruleFor } from './rule-match.js';

const EXAMPLES = 10;

export interface RulesPreview {
  readonly matched: number;
  readonly notMatched: number;
  readonly examples: readonly string[];
  readonly otherExamples: readonly string[];
}

/** Which packages have a record in Jamf Pro. */
@Injectable()
export class JamfRulesService {
  constructor(
    private readonly rules: JamfRuleRepository,
    private readonly packages: TitledPackages,
    private readonly connection: JamfConnectionService,
    private readonly clients: JamfClients,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<JamfRule[]> {
    return this.rules.all();
  }

  async set(rules: readonly JamfRule[]): Promise<JamfRule[]> {
    await this.db.transaction(async () => {
      const before = await this.rules.all();
      await this.rules.replace(rules);
      await this.audit.record({ action: 'jamf.rules_updated', details: { before, after: rules } });
      if ((await this.connection.find()) === null) return;
      await this.jobs.add(LookForLeader, {}, { key: COMPARE_KEY, now: true }); // whether they can be followed here
      await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
    });
    return this.rules.all();
  }

  /** What rules would do with the packages that are here. */
  async preview(rules: readonly JamfRule[]): Promise<RulesPreview> {
    let [matched, notMatched] = [0, 0];
    const [examples, otherExamples]: [string[], string[]] = [[], []];
    for await (const page of this.packages.pages()) {
      for (const candidate of page) {
        const isMatched = ruleFor(rules, candidate) !== null;
        if (isMatched) matched += 1;
        else notMatched += 1;
        const list = isMatched ? examples : otherExamples;
        if (list.length < EXAMPLES) list.push(candidate.filename);
      }
    }
    return { matched, notMatched, examples, otherExamples };
  }

  /** As Jamf Pro has them now. Throws JamfNotSetUp or JamfCallFailed. */
  async categories(): Promise<Category[]> {
    const saved = await this.connection.find();
    if (saved === null) throw new JamfNotSetUp();
    return orCallFailed(listCategories(this.clients.prompt(this.connection.credentialsOf(saved))));
  }
}
