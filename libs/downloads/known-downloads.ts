import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '#libs/platform/database/database.js';
import { isDatabaseLoss } from '#libs/platform/database/database-outage.js';
import { PackageRepository, type ServedContent } from '#libs/packages/package.repository.js';

/** About 300 bytes each. What lies beyond is known only once it was asked for. */
const MOST_KNOWN = 50_000;
const REFRESH_MS = 30_000;

/**
 * What downloads get while the database server is away: what the database last said of a name, at most half a minute before. Contents are
 * immutable and named by uuid, so an answer can be old, and never of mixed bytes. An SQLite file is never away and needs none of it.
 */
@Injectable()
export class KnownDownloads implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KnownDownloads.name);
  private known: Map<string, ServedContent> | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly packages: PackageRepository,
    private readonly db: Database,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.db.kind === 'sqlite') return;
    this.known = new Map();
    await this.refresh();
    this.timer = setInterval(() => void this.refresh(), REFRESH_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** What the first of these names that is served stands for; null when none is. Throws what the database does when it is away and none is known. */
  async find(keys: readonly string[]): Promise<ServedContent | null> {
    try {
      for (const key of keys) {
        const row = await this.packages.findServed(key);
        this.note(key, row);
        if (row !== null) return row;
      }
      return null;
    } catch (error) {
      const row = isDatabaseLoss(error) ? keys.map((key) => this.known?.get(key)).find((each) => each !== undefined) : undefined;
      if (!row) throw error;
      return row;
    }
  }

  private note(key: string, row: ServedContent | null): void {
    if (row === null) this.known?.delete(key);
    else if (this.known !== null && (this.known.size < MOST_KNOWN || this.known.has(key))) this.known.set(key, row);
  }

  /** What is known stays when the database does not answer. */
  private async refresh(): Promise<void> {
    try {
      const rows = await this.packages.listServed(MOST_KNOWN);
      this.known = new Map(rows.map(({ filenameKey, ...row }) => [filenameKey, row]));
    } catch (error) {
      if (!isDatabaseLoss(error)) this.logger.error({ msg: 'The packages that are served could not be listed.', err: error });
    }
  }
}
