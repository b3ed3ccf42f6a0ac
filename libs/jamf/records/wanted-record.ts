import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import type { TitledPackage } from '#libs/packages/titles/title-match.js';
import type { RecordFields } from '../client/package-record.js';
import type { RecordHash } from '../digests/content-hashes.js';
import { filled } from '../rules/rule-match.js';

/** Fields that are set when a record is made, and belong to the administrators of Jamf Pro from then on. */
export const seededFields = ['packageName', 'categoryId', 'priority', 'info'] as const;
export type SeededField = (typeof seededFields)[number];
export type Seeds = Readonly<Record<SeededField, string | number>>;

const NAME_LENGTH = 255;
/** How Jamf Pro writes that a record has no category. */
const NO_CATEGORY = '-1';

export interface WantedRecord {
  readonly seeds: Seeds;
  /** The category that the rule names, when Jamf Pro has none of that name. */
  readonly missingCategory: string | null;
}

/** What a rule says about the record of a package. `categories`: ids by lower case name. */
export function wantedRecord(rule: JamfRule, candidate: TitledPackage, categories: ReadonlyMap<string, string>): WantedRecord {
  const categoryId = rule.category === null ? NO_CATEGORY : categories.get(rule.category.toLowerCase());
  const packageName = filled(rule.nameTemplate, candidate) || candidate.filename;
  const seeds = {
    packageName: packageName.slice(0, NAME_LENGTH),
    categoryId: categoryId ?? NO_CATEGORY,
    priority: rule.priority,
    info: rule.infoTemplate === null ? '' : filled(rule.infoTemplate, candidate),
  };
  return { seeds, missingCategory: categoryId === undefined ? rule.category : null };
}

/** A record as it is made: what Jamf Pro requires is there, and nothing is switched on. */
export function newRecord(filename: string, seeds: Seeds, { type, value }: RecordHash): RecordFields & { readonly fileName: string } {
  return {
    ...{ fileName: filename, hashType: type, hashValue: value },
    ...seeds,
    ...{ notes: '', fillUserTemplate: false, rebootRequired: false, osInstall: false },
    ...{ suppressUpdates: false, suppressFromDock: false, suppressEula: false, suppressRegistration: false },
  };
}
