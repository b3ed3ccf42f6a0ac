/** What is found in a directory of backups. */
export interface FoundBackup {
  readonly name: string;
  /** The server that its manifest names; null when it is anything else than a complete backup in a directory of its own. */
  readonly iss: string | null;
}

const shape = /^ods-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** `ods-20260301T120000Z` */
export const backupName = (ms: number): string => `ods-${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** When a backup of this name was begun; null when it is the name of anything else. */
export function timeOfBackup(name: string): number | null {
  const [, ...parts] = shape.exec(name) ?? [];
  if (parts.length === 0) return null;
  const [year, month, day, hour, minute, second] = parts.map(Number) as [number, number, number, number, number, number];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return backupName(ms) === name ? ms : null; // 99 is no month
}

/** The complete backups of a server, by their names. */
export const backupsOf = (iss: string, found: readonly FoundBackup[]): string[] =>
  found.filter((each) => each.iss === iss && timeOfBackup(each.name) !== null).map(({ name }) => name);

/**
 * Which backups go when a new one is complete: the oldest of this server beyond the number that is kept, never the new one. A name that is
 * later than the new one's comes from a clock that was wrong, and counts as old.
 */
export function chooseRemovals(found: readonly FoundBackup[], { made, iss, keep }: { made: string; iss: string; keep: number }): string[] {
  const earlier = backupsOf(iss, found).filter((name) => name !== made);
  const order = (name: string): string => `${name > made ? 0 : 1}${name}`;
  earlier.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return earlier.slice(0, Math.max(0, earlier.length + 1 - keep));
}
