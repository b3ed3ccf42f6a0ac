import type { Package } from '#libs/entities/package.entity.js';

export const warningCodes = ['not-served-here', 'name-is-often-misread'] as const;
export type WarningCode = (typeof warningCodes)[number];

export interface UploadWarning {
  readonly code: WarningCode;
  /** A sentence for people. */
  readonly detail: string;
}

/** Signs that programs which join URLs from names forget to encode, or decode twice. */
const misread = /[+%#&;]|[^\x20-\x7e]/;

/** What the publisher of a package should know although nothing went wrong. */
export function warningsOf({ filename, stage, status }: Pick<Package, 'filename' | 'stage' | 'status'>): UploadWarning[] {
  const warnings: UploadWarning[] = [];
  if (status === 'Withdrawn')
    warnings.push({
      code: 'not-served-here',
      detail: `This server does not serve packages of stage ${stage}: computers get it from servers of that stage or an earlier one.`,
    });
  if (misread.test(filename))
    warnings.push({
      code: 'name-is-often-misread',
      detail: 'Some management tools cannot download names with signs other than letters, digits, space, ".", "-" and "_" of ASCII.',
    });
  return warnings;
}
