import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PushContent } from '../sync.jobs.js';

/** What a peer wants and cannot fetch is promised to it, as far as it is here (MESH §7). */
@Injectable()
export class OutboundContent {
  constructor(
    private readonly contents: ContentRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
  ) {}

  async offer({ iss }: Pick<Peer, 'iss'>, wants: readonly string[]): Promise<void> {
    const states = await this.contents.findStates(wants);
    const held = [...states].filter(([, state]) => statesOnDisk.includes(state)).map(([uuid]) => uuid);
    if (held.length === 0) return;
    await this.db.transaction(
      async () => {
        for (const uuid of held) await this.jobs.add(PushContent, { iss, uuid }, { key: `${iss}:${uuid}` });
      },
      { canBeLost: true },
    );
  }
}
