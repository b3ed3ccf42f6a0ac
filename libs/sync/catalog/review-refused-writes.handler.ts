import { Injectable } from '@nestjs/common';
import type { RefusedWrite } from '#libs/entities/refused-write.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import type { Arrival } from '#libs/packages/catalog/merge-plan.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { passingRefusals } from '#libs/replication/refusal.js';
import { flatten, mergeRegisters, updateOf, writesOf } from '#libs/replication/register.js';
import { writeFromWire } from '#libs/replication/wire-write.js';
import { AuthorRightsService } from '#libs/trust/author-rights.service.js';
import { RefusedWriteRepository } from '#libs/trust/refused-write.repository.js';
import { RefusedWrites } from '#libs/trust/refused-writes.js';
import { WriteReader } from '#libs/trust/write-reader.js';
import { ReviewRefusedWrites } from '../sync.jobs.js';

const PAGE = 100;
const MS_PER_DAY = 86_400_000;

/** An entry that was written as one record is merged as one. */
function asRecord(writes: readonly unknown[]): Arrival | null {
  const registers = mergeRegisters(null, updateOf(writes.map(writeFromWire)));
  if (!registers || writesOf(registers).some(({ sig }) => sig !== null)) return null;
  const entry = flatten(registers);
  return { filename: entry.filename, entry };
}

/**
 * Looks again at what was refused for a reason that passes: a stamp that was too far ahead, an author whose key was not known, a
 * signature that was required. So nothing that a peer sent needs to be asked for again.
 */
@Injectable()
export class ReviewRefusedWritesHandler extends JobHandler<Record<string, never>> {
  readonly type: typeof ReviewRefusedWrites;

  constructor(
    private readonly refused: RefusedWriteRepository,
    private readonly refusals: RefusedWrites,
    private readonly reader: WriteReader,
    private readonly rights: AuthorRightsService,
    private readonly catalog: Catalog,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {
    super();
    this.type = { ...ReviewRefusedWrites, everyMs: config.get('RECONCILE_SECONDS') * 1_000 };
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    await this.refused.removeBefore(this.clock.now() - this.config.get('RETENTION_DAYS') * MS_PER_DAY);
    for (let after = 0; ;) {
      const rows = await this.refused.findAfter(after, passingRefusals, PAGE);
      for (const row of rows) {
        if (signal.aborted) throw new JobInterrupted();
        await this.review(row);
      }
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.id;
    }
  }

  private async review({ id, code, peerIss, peerName, writes: text }: RefusedWrite): Promise<void> {
    if (text === null) return;
    const writes = JSON.parse(text) as unknown[];
    const { arrivals, refused } = await this.reader.read([{ writes }], false);
    if (arrivals.length === 0 && refused.every((refusal) => refusal.code === code)) return;
    const from = { iss: peerIss, name: peerName };
    const record = refused.length === 0 ? asRecord(writes) : null;
    const admit = await this.rights.judgeFor(peerIss);
    const merged = await this.catalog.merge(record ? [record] : arrivals, { from, admit });
    if (merged.refused.some((refusal) => refusal.code === code)) return;
    await this.refusals.keep(from, [...refused, ...merged.refused]);
    await this.refused.remove([id]);
  }
}
