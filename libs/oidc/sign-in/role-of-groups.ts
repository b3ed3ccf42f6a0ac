import { type Role, roles } from '#libs/entities/user.entity.js';

/** A group at the provider, and the role of its members here. */
export interface GroupRole {
  readonly group: string;
  readonly role: Role;
}

/** As they are kept: JSON. */
export const groupRolesOf = (kept: string): GroupRole[] => JSON.parse(kept) as GroupRole[];

/** The groups that a claim names: a list of texts, or one text. */
export function groupsIn(claim: unknown): string[] {
  const values: unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.filter((value) => typeof value === 'string');
}

/** The role with the most rights among those of the groups; null when none of them gives one. */
export function roleOf(groups: readonly string[], map: readonly GroupRole[]): Role | null {
  const given = map.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
  return [...roles].reverse().find((role) => given.includes(role)) ?? null;
}
