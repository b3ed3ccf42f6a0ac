import { Injectable } from '@nestjs/common';
import type { ContentCopies } from '#libs/entities/content-copies.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ContentCopiesRepository } from '#libs/packages/content-copies.repository.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageEvents } from '#libs/packages/package-events.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { bucketOf } from '#libs/replication/catalog-digest.js';
import { countStep, hasCopy } from '#libs/replication/copies.js';
import { KnownServers, type NetworkServer } from './known-servers.js';

const BATCH = 500;

/** Counts the verified copies that the mesh is known to have of each package, by the reports of its servers. */
@Injectable()
export class CopyCounter {
  constructor(
    private readonly servers: KnownServers,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly copies: ContentCopiesRepository,
    private readonly events: PackageEvents,
    private readonly db: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** For these packages, now. The first server is this one: what it has is known from its own rows, not from a report. */
  async count(rows: readonly Package[], [, ...others]: readonly NetworkServer[]): Promise<Map<string, number>> {
    const states = await this.contents.findStates(rows.map(({ uuid }) => uuid));
    return new Map(
      rows.map(({ uuid, stage, filenameKey }) => {
        const state = states.get(uuid);
        const asked = { uuid, stage, bucket: bucketOf(filenameKey) };
        const own = state === 'held' || state === 'withdrawn' ? 1 : 0;
        return [uuid, own + others.filter((server) => hasCopy(asked, server)).length];
      }),
    );
  }

  /** Counts all packages anew, keeps the numbers, and records an event for each that has one copy left, or none. */
  async refresh(signal: AbortSignal): Promise<void> {
    const servers = await this.servers.all();
    for (let after = 0; !signal.aborted;) {
      const rows = await this.packages.findPresentAfter(after, BATCH);
      const last = rows.at(-1);
      if (!last) break;
      await this.keep(rows, await this.count(rows, servers));
      after = last.id;
    }
    await this.copies.removeUnused();
  }

  /** The same for the newest packages alone. */
  async refreshNewest(): Promise<void> {
    const rows = await this.packages.findNewestPresent(BATCH);
    if (rows.length > 0) await this.keep(rows, await this.count(rows, await this.servers.all()));
  }

  private async keep(rows: readonly Package[], counted: ReadonlyMap<string, number>): Promise<void> {
    const now = this.clock.now();
    const confirmMs = this.config.get('COPIES_CONFIRM_SECONDS') * 1_000;
    await this.db.transaction(
      async () => {
        const known = await this.copies.findByUuids(rows.map(({ uuid }) => uuid));
        const changed: ContentCopies[] = [];
        for (const row of rows) {
          const before = known.get(row.uuid) ?? null;
          const { count, event } = countStep(before, counted.get(row.uuid) ?? 0, now, confirmMs);
          if (before && before.copies === count.copies && before.pendingCopies === count.pendingCopies) continue;
          changed.push({ uuid: row.uuid, ...count });
          if (event)
            await this.events.record(event === 'none' ? 'package.copies_none' : 'package.copies_low', row, { copies: count.copies });
        }
        await this.copies.save(changed);
      },
      { canBeLost: true },
    );
  }
}
