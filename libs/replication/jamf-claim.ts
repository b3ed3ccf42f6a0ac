import { createHash } from 'node:crypto';

/** What a server that is connected with a Jamf Pro server says of that in its summary (docs/mesh.md §11). */
export interface JamfClaim {
  /** Names the Jamf Pro server without its address: 16 hex digits. */
  readonly id: string;
  /** From 0 to MAX_JAMF_PRIORITY; the lowest comes first. */
  readonly priority: number;
  /** Whether it could write there: Jamf Pro has answered it as it should of late, and it admits what its rules map. */
  readonly ready: boolean;
  /** From when on it writes, in milliseconds; later than now while it waits, null while another server comes first. */
  readonly since: number | null;
}

export const MAX_JAMF_PRIORITY = 1_000;

/** Two servers with the same origin are connected with the same Jamf Pro server. */
export const jamfIdOf = (origin: string): string => createHash('sha256').update(origin.toLowerCase()).digest('hex').slice(0, 16);

const isWhole = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;

/** The claim that a peer sent; null for what is none. */
export function jamfClaimIn(value: unknown): JamfClaim | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, priority, ready, since } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || !/^[0-9a-f]{16}$/.test(id) || !isWhole(priority, MAX_JAMF_PRIORITY)) return null;
  if (typeof ready !== 'boolean' || !(since === null || isWhole(since, 8.64e15))) return null;
  return { id, priority, ready, since };
}
