/** Between two summaries of a server while things change, in milliseconds. */
const CHANGE_MS = 2_000;
/** The same when only percentages move. */
const PROGRESS_MS = 10_000;
/** A server that has nothing to say speaks this often. */
export const HEARTBEAT_MS = 5 * 60_000;
/** A server that has not spoken for so long may be down. */
export const SILENT_AFTER_MS = 3 * HEARTBEAT_MS;

/** A summary of up to this many bytes, in a mesh of up to this many servers, is published at the full pace. */
const USUAL_BYTES = 8_192;
const USUAL_SERVERS = 20;

/** The least time between two summaries: a larger mesh and a longer text slow it down, so that summaries stay a small part of the traffic. */
export function spacingOf(bytes: number, servers: number, isProgressOnly: boolean): number {
  const pace = isProgressOnly ? PROGRESS_MS : CHANGE_MS;
  return Math.min(HEARTBEAT_MS, pace * Math.max(1, bytes / USUAL_BYTES) * Math.max(1, servers / USUAL_SERVERS));
}
