import type { PackageVersionDto } from '#libs/api-client';

/** Why a version is not in force. */
export const reasonWords: Readonly<Record<PackageVersionDto['reason'], string>> = {
  replaced: $localize`Replaced`,
  deleted: $localize`Deleted`,
  conflict: $localize`Lost a conflict: two servers changed it without knowing of each other`,
};
