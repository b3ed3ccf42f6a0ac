import { Injectable } from '@nestjs/common';
import { ServerRun } from '#libs/entities/server-run.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Other processes of this server may start: what is remembered is never older than this, in milliseconds. */
const REMEMBER_MS = 1_000;

/** Names this start of the server, the same for all its processes: a copy of the server that runs elsewhere has another name. */
@Injectable()
export class OwnRun {
  private remembered: { runId: string | null; until: number } | undefined;

  constructor(private readonly db: Database) {}

  /** 32 hex digits; null before the first start has written it. */
  async get(): Promise<string | null> {
    const now = Date.now();
    if (this.remembered && this.remembered.until > now) return this.remembered.runId;
    const runId = (await this.db.manager.findOneBy(ServerRun, { id: 1 }))?.startId ?? null;
    this.remembered = { runId, until: now + REMEMBER_MS };
    return runId;
  }
}
