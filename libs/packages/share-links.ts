import { Injectable, Logger } from '@nestjs/common';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { spaceOf } from '#libs/replication/space.js';
import { PackageRepository } from './package.repository.js';

/**
 * Keeps DATA_DIR/share saying what the catalog says: a public package has its link, anything else has none. The
 * server itself serves from the content store; the links are for web servers and people that read the share directly. Files of the Munki
 * repository have none.
 */
@Injectable()
export class ShareLinks {
  private readonly logger = new Logger(ShareLinks.name);
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly packages: PackageRepository,
    private readonly store: PackageStore,
  ) {}

  /** Makes the link of one name right, one at a time for each name; `formerName` is another spelling it had before. */
  async refresh(filenameKey: string, formerName?: string): Promise<void> {
    if (spaceOf(filenameKey) !== '') return;
    const before = this.running.get(filenameKey) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.align(filenameKey, formerName));
    this.running.set(filenameKey, mine);
    try {
      await mine;
    } finally {
      if (this.running.get(filenameKey) === mine) this.running.delete(filenameKey);
    }
  }

  /** Like `settle`, for many names at once. */
  async settleMany(keys: readonly string[]): Promise<void> {
    const filenameKeys = keys.filter((key) => spaceOf(key) === '');
    const before = filenameKeys.map((key) => this.running.get(key) ?? Promise.resolve());
    const mine = Promise.allSettled(before).then(() => this.alignMany(filenameKeys));
    for (const key of filenameKeys) this.running.set(key, mine);
    try {
      await mine;
    } catch (error) {
      this.logger.error(`The share's links of ${filenameKeys.length} packages could not be updated: ${String(error)}`);
    } finally {
      for (const key of filenameKeys) if (this.running.get(key) === mine) this.running.delete(key);
    }
  }

  /** Never rejects: the commit stands, and what cannot be done to the link now is done at the next start. */
  async settle(filenameKey: string, formerName?: string): Promise<void> {
    try {
      await this.refresh(filenameKey, formerName);
    } catch (error) {
      this.logger.error(`The share's link of ${filenameKey} could not be updated: ${String(error)}`);
    }
  }

  /** For after a commit. */
  refreshSoon(filenameKey: string, formerName?: string): void {
    void this.settle(filenameKey, formerName);
  }

  /** Resolves when every refresh that was asked for has ended. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running.values());
  }

  /** What another process changed meanwhile is aligned once more, one name at a time. */
  private async alignMany(filenameKeys: readonly string[]): Promise<void> {
    const rows = await this.packages.findByKeys(filenameKeys);
    for (const row of rows) {
      if (row.servedUuid !== null) await this.store.expose(row.servedUuid, row.filename);
      else await this.store.hide(row.filename);
    }
    const now = new Map((await this.packages.findByKeys(filenameKeys)).map((row) => [row.id, row]));
    for (const row of rows) {
      const later = now.get(row.id);
      if (later?.seq !== row.seq || later.servedUuid !== row.servedUuid) await this.align(row.filenameKey);
    }
  }

  /** Another process may align the same name: whoever comes last sees the newer row and has the last word. */
  private async align(filenameKey: string, formerName?: string): Promise<void> {
    if (formerName !== undefined) await this.store.hide(formerName);
    for (let row = await this.packages.findByKey(filenameKey); row;) {
      if (row.servedUuid !== null) await this.store.expose(row.servedUuid, row.filename);
      else await this.store.hide(row.filename);
      const now = await this.packages.findByKey(filenameKey);
      if (now?.seq === row.seq && now.servedUuid === row.servedUuid) return;
      row = now;
    }
  }
}
