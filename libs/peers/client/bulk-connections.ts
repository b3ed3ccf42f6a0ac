import type { LookupFunction } from 'node:net';
import { BulkConnection } from './bulk-connection.js';

/** Shorter than servers and proxies keep an idle connection, in milliseconds. */
const IDLE_MS = 3_000;

interface Kept {
  readonly connection: BulkConnection;
  readonly timer: NodeJS.Timeout;
}

/** Connections for large bodies, kept for a moment after each: the next request to the same server follows at once. */
export class BulkConnections {
  private readonly kept = new Map<string, Kept[]>();

  /** An idle one, when there is one and `isFresh` does not forbid it. */
  take(url: URL, idleMs: number, isFresh: boolean, lookup?: LookupFunction): { connection: BulkConnection; isReused: boolean } {
    const kept = isFresh ? undefined : this.kept.get(url.origin)?.pop();
    if (!kept) return { connection: new BulkConnection(url, idleMs, lookup), isReused: false };
    clearTimeout(kept.timer);
    if (kept.connection.isUsable) return { connection: kept.connection, isReused: true };
    return this.take(url, idleMs, isFresh, lookup);
  }

  /** For the next request, unless it cannot be used again. */
  giveBack({ origin }: URL, connection: BulkConnection): void {
    if (!connection.isUsable) return connection.destroy();
    const list = this.kept.get(origin) ?? [];
    this.kept.set(origin, list);
    const timer = setTimeout(() => this.drop(origin, connection), IDLE_MS).unref();
    list.push({ connection, timer });
  }

  close(): void {
    for (const { connection, timer } of [...this.kept.values()].flat()) {
      clearTimeout(timer);
      connection.destroy();
    }
    this.kept.clear();
  }

  private drop(origin: string, connection: BulkConnection): void {
    const left = (this.kept.get(origin) ?? []).filter((kept) => kept.connection !== connection);
    if (left.length > 0) this.kept.set(origin, left);
    else this.kept.delete(origin);
    connection.destroy();
  }
}
