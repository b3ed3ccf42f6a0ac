import type { Entry } from './entry.js';
import { admits, type Stage } from './stage.js';

/** What this server should do about a package's content (MESH §5). */
export type Placement =
  /** Serve it to clients. */
  | 'serve'
  /** Get it: it is admitted here and not on disk. */
  | 'fetch'
  /** Not for this server's clients; the bytes stay only until a server that admits them has them. */
  | 'withdraw'
  /** The name is gone; the bytes stay restorable for the retention time. */
  | 'retire';

export function placementOf(entry: Pick<Entry, 'deleted' | 'stage'>, serverStage: Stage, isOnDisk: boolean): Placement {
  if (entry.deleted) return 'retire';
  if (!admits(serverStage, entry.stage)) return 'withdraw';
  return isOnDisk ? 'serve' : 'fetch';
}
