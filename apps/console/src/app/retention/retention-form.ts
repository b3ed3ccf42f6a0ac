import type { RetentionRuleDto } from '#libs/api-client';

/** A rule while it is edited: an empty text is any. */
export interface EditedRule {
  readonly stage: RetentionRuleDto['stage'];
  readonly filename: string;
  readonly titleKey: string;
  readonly keep: number;
  readonly minAgeDays: number;
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

export const freshRule = (): EditedRule => ({ stage: null, filename: '', titleKey: '', keep: 3, minAgeDays: 30 });

export const editedRule = ({ stage, filename, title_key, keep, min_age_days }: RetentionRuleDto): EditedRule => ({
  ...{ stage: stage ?? null, filename: filename ?? '', titleKey: title_key ?? '', keep, minAgeDays: min_age_days ?? 30 },
});

export const bodyOf = ({ stage, filename, titleKey, keep, minAgeDays }: EditedRule): RetentionRuleDto => ({
  ...{ stage: stage ?? null, filename: textOrNull(filename), title_key: textOrNull(titleKey), keep, min_age_days: minAgeDays },
});
