import type { JamfRuleDto } from '#libs/api-client';

/** A rule while it is edited: an empty text is any, or none. */
export interface EditedRule {
  readonly include: boolean;
  readonly stage: JamfRuleDto['stage'];
  readonly filename: string;
  readonly titleKey: string;
  readonly category: string;
  readonly priority: number;
  readonly name: string;
  readonly info: string;
}

const FILENAME = '{filename}';
const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const freshRule = (): EditedRule => ({
  ...{ include: true, stage: null, filename: '', titleKey: '', category: '' },
  ...{ priority: 10, name: FILENAME, info: '' },
});

export const editedRule = (rule: JamfRuleDto): EditedRule => ({
  ...{ include: rule.include, stage: rule.stage ?? null, filename: rule.filename ?? '', titleKey: rule.title_key ?? '' },
  ...{ category: rule.category ?? '', priority: rule.priority ?? 10, name: rule.name_template ?? FILENAME, info: rule.info_template ?? '' },
});

export const bodyOf = ({ include, stage, filename, titleKey, category, priority, name, info }: EditedRule): JamfRuleDto => ({
  ...{ include, stage: stage ?? null, filename: textOrNull(filename), title_key: textOrNull(titleKey), category: textOrNull(category) },
  ...{ priority, name_template: textOrNull(name) ?? FILENAME, info_template: textOrNull(info) },
});
