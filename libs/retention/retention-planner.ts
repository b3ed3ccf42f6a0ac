import { Injectable } from '@nestjs/common';
import type { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import { fits } from '#libs/packages/titles/title-match.js';
import { TitledPackages } from '#libs/packages/titles/titled-packages.js';
import { Clock } from '#libs/platform/clock.js';
import { JamfUse } from './jamf-use.js';
import { planRetention, type RuledPackage, type Verdict } from './plan-retention.js';

/** What rules would do with the packages of this server, as they are now. */
@Injectable()
export class RetentionPlanner {
  constructor(
    private readonly packages: TitledPackages,
    private readonly jamf: JamfUse,
    private readonly clock: Clock,
  ) {}

  async plan(rules: readonly RetentionRule[]): Promise<Verdict[]> {
    if (rules.length === 0) return [];
    const use = await this.jamf.load();
    const ruled: RuledPackage[] = [];
    for await (const page of this.packages.pages()) {
      for (const each of page) {
        const { filename, uuid, stage, size, createdMs, status, servedUuid, filenameKey } = each.row;
        const isHere = status === 'Public' && servedUuid === uuid;
        const rule = rules.find((candidate) => fits(candidate, each)) ?? null;
        ruled.push({ filename, uuid, stage, size, createdMs, read: each.read, isHere, rule, usedBy: use(filenameKey) });
      }
    }
    return planRetention(ruled, this.clock.now());
  }
}
