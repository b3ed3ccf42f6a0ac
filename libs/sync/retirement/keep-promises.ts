import { Injectable, Logger } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { promisesToKeep, PROMISE_MS } from '#libs/replication/release.js';

const MS_PER_DAY = 86_400_000;

/** Answers other servers that would remove their copies (MESH §5). */
@Injectable()
export class KeepPromises {
  private readonly logger = new Logger(KeepPromises.name);

  constructor(
    private readonly db: Database,
    private readonly contents: ContentRepository,
    private readonly store: PackageStore,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Those of these contents that this server promises to keep; the promise is on disk before it is given. */
  async give({ iss, name }: Pick<Peer, 'iss' | 'name'>, uuids: readonly string[]): Promise<string[]> {
    const own = (await this.identity.get()).iss;
    const sound = await this.findSound(uuids);
    const kept = await this.db.transaction(async () => {
      const untilMs = this.clock.now() + PROMISE_MS;
      const promised: string[] = [];
      for (const { uuid } of sound) {
        const content = await this.contents.lock(uuid);
        const copy = content && { state: content.state, isOffered: content.releaseId !== null, isSound: true };
        if (!copy || !promisesToKeep(copy, own, iss)) continue;
        await this.contents.keepUntil(uuid, untilMs);
        promised.push(uuid);
      }
      return promised;
    });
    if (kept.length > 0) this.logger.debug(`${kept.length} contents are kept for ${name}, which may remove its copies.`);
    return kept;
  }

  /** Looked for on disk outside of the transaction: files do not belong into one. */
  private async findSound(uuids: readonly string[]): Promise<Content[]> {
    const sound: Content[] = [];
    for (const content of await this.contents.findMany(uuids)) {
      const isRead = this.scrubDays === 0 || (content.verifiedMs ?? 0) > this.clock.now() - 2 * this.scrubDays * MS_PER_DAY;
      if (statesOnDisk.includes(content.state) && isRead && (await this.store.has(content.uuid, content.size))) sound.push(content);
    }
    return sound;
  }

  private get scrubDays(): number {
    return this.config.get('SCRUB_DAYS');
  }
}
