import { Injectable, Logger } from '@nestjs/common';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { type FoundMark, readStartId, writeStartId } from '#libs/platform/process/stop-mark.js';
import { CatalogClockRepository } from './catalog-clock.repository.js';
import { ServerRunRepository } from './server-run.repository.js';

const REREAD = 'Other servers read its changes again from the beginning.';

/**
 * Gives the changes feed a new epoch when peers may have got its numbers for other changes (MESH §3): after a crash or power cut, and when
 * an earlier state of the database or of the whole directory came back.
 */
@Injectable()
export class Incarnation {
  private readonly logger = new Logger(Incarnation.name);

  constructor(
    private readonly db: Database,
    private readonly clocks: CatalogClockRepository,
    private readonly runs: ServerRunRepository,
    private readonly events: DomainEvents,
    private readonly config: Config,
  ) {}

  /** Before any change is sent to a peer. `found`: what the last stop has left. */
  async begin(found: FoundMark): Promise<void> {
    const startId = newHexId();
    await this.db.transaction(async () => {
      const run = await this.runs.find();
      const reason = this.doubtAbout(found, run);
      if (reason !== null && !(await this.isNew(run))) await this.renew(reason);
      await this.runs.save({ stopId: null, startId });
    });
    writeStartId(this.config, startId);
  }

  /** A reader of the feed has received more than there is: an earlier state came back while the server ran. */
  async disprove(epoch: string): Promise<void> {
    await this.db.transaction(async () => {
      if ((await this.clocks.lock()).epoch !== epoch) return; // another process has renewed it
      await this.renew('Another server has read further than the changes of this server go: an earlier state of its database came back.');
    });
  }

  /** Answers what `leaveStopMark` is called with when the database is closed. */
  async prepareStop(): Promise<string> {
    const stopId = newHexId();
    await this.db.transaction(async () => {
      const { startId = null } = (await this.runs.find()) ?? {};
      await this.runs.save({ stopId, startId });
    });
    return stopId;
  }

  private doubtAbout({ mark, isOfThisPlace }: FoundMark, run: { stopId: string | null; startId: string | null } | null): string | null {
    const known = readStartId(this.config);
    if (run !== null && known !== null && run.startId !== known) return 'The database is an earlier state than this server had.';
    if (this.db.kind !== 'sqlite') return null; // a database server forgets nothing when this process dies
    if (mark === null || run === null) return 'This server was not stopped cleanly.';
    if (!isOfThisPlace) return 'The data directory was copied or put back, or the machine was started again since the server stopped.';
    return run.stopId === mark.stopId ? null : 'The database is not the one that this server stopped with.';
  }

  /** At its first start a server has no change that another one could have read. */
  private async isNew(run: unknown): Promise<boolean> {
    if (!(await this.clocks.exists())) return true;
    return run === null && readStartId(this.config) === null && (await this.clocks.read()).seq === 0;
  }

  /** In a transaction. */
  private async renew(reason: string): Promise<void> {
    await this.clocks.lock();
    await this.clocks.renew(newHexId());
    await this.events.record('catalog.epoch_renewed', { reason });
    this.db.afterCommit(() => this.logger.warn(`${reason} ${REREAD}`));
  }
}
