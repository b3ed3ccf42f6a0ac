import { Injectable } from '@nestjs/common';
import { createHash, randomBytes } from 'node:crypto';
import { Clock } from '../clock.js';
import { Database } from '../database/database.js';
import { currentTraceContext } from '../tracing/spans.js';
import { JobQueue } from './job-queue.js';
import type { JobType } from './job-type.js';
import { JobRepository } from './job.repository.js';

export interface JobOptions {
  /** Same key, same work: at most one row; asked for while running, it runs once more. */
  readonly key?: string;
  /** Not before this many milliseconds from now. */
  readonly delayMs?: number;
  /** Do not wait for the back-off of an earlier failure. */
  readonly now?: boolean;
}

/** MySQL's TEXT ends at 64 KiB, and cuts off silently what is inserted with IGNORE. */
const PAYLOAD_LIMIT = 60_000;
const KEY_LIMIT = 120;

/** The key as it fits its column. */
function columnKey(typeName: string, key: string): string {
  const text = `${typeName}:${key}`;
  return text.length <= KEY_LIMIT ? text : `${typeName}:${createHash('sha256').update(key).digest('base64url')}`;
}

/** Adds jobs: the row is written in the caller's transaction, the queue is notified after commit. */
@Injectable()
export class Jobs {
  constructor(
    private readonly db: Database,
    private readonly rows: JobRepository,
    private readonly queue: JobQueue,
    private readonly clock: Clock,
  ) {}

  async add<Payload>(type: JobType<Payload>, payload: Payload, options: JobOptions = {}): Promise<void> {
    const { length } = Buffer.from(JSON.stringify(payload));
    if (length > PAYLOAD_LIMIT)
      throw new RangeError(`The payload of ${type.name} has ${length} bytes; ${PAYLOAD_LIMIT} fit every database.`);
    const now = this.clock.now();
    const dueMs = now + (options.delayMs ?? 0);
    await this.db.transaction(async () => {
      const row = await this.place(type, payload, options, now, dueMs);
      if (row && row.dueMs <= now) {
        this.db.afterCommit(() => this.queue.add({ id: row.id, lane: type.lane, dueMs: row.dueMs, context: currentTraceContext() }));
      }
    });
  }

  /** Promises the same kind of work many times, each under a key of its own. */
  async addMany<Payload>(type: JobType<Payload>, requests: readonly { readonly payload: Payload; readonly key: string }[]): Promise<void> {
    if (requests.length === 0) return;
    const now = this.clock.now();
    const rows = requests.map(({ payload, key }) => ({
      id: randomBytes(16).toString('hex'),
      type: type.name,
      dedupeKey: columnKey(type.name, key),
      payload,
      dueMs: now,
      createdMs: now,
    }));
    await this.db.transaction(async () => {
      const inserted = new Set(await this.rows.insertMany(rows));
      for (const { id } of inserted)
        this.db.afterCommit(() => this.queue.add({ id, lane: type.lane, dueMs: now, context: currentTraceContext() }));
      for (const [index, { payload, key }] of requests.entries()) {
        if (!inserted.has(rows[index]!)) await this.add(type, payload, { key }); // asked for before
      }
    });
  }

  /** The row that now stands for this request; null when a running job was asked to run once more. */
  private async place<Payload>(
    type: JobType<Payload>,
    payload: Payload,
    { key, now: isUrgent = false }: JobOptions,
    now: number,
    dueMs: number,
  ): Promise<{ id: string; dueMs: number } | null> {
    const dedupeKey = key === undefined ? null : columnKey(type.name, key);
    const id = randomBytes(16).toString('hex');
    for (;;) {
      if (dedupeKey !== null) {
        const waiting = await this.rows.bringForward(dedupeKey, dueMs, isUrgent);
        if (waiting) return waiting;
        if (await this.rows.askAgain(dedupeKey)) return null;
      }
      if (await this.rows.insert({ id, type: type.name, dedupeKey, payload, dueMs, createdMs: now })) return { id, dueMs };
      // Another process inserted the same key just now: read its row.
    }
  }
}
