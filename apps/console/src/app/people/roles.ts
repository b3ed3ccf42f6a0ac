import type { UserDto } from '#libs/api-client';

export type Role = UserDto['role'];

export const roles: readonly Role[] = ['viewer', 'publisher', 'admin'];

/** What each role may do, in words. */
export const roleWords: Readonly<Record<Role, string>> = {
  viewer: $localize`Sees packages, transfers and servers.`,
  publisher: $localize`Uploads, promotes and deletes packages, too.`,
  admin: $localize`Does everything: servers, users, tokens and settings, too.`,
};
