import { Injectable, Logger } from '@nestjs/common';
import { PeerRepair } from '#libs/entities/peer-repair.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { PeerRepairRepository } from '#libs/network/peer-repair.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { repairedEntries } from '#libs/platform/metrics/meters.js';

export type Repaired = Pick<PeerRepair, 'received' | 'sent'>;

/** Counts what was repaired, and publishes it. */
@Injectable()
export class RepairLog {
  private readonly logger = new Logger('Repair');

  constructor(
    private readonly db: Database,
    private readonly repairs: PeerRepairRepository,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  async record({ iss, name, url }: Pick<Peer, 'iss' | 'name' | 'url'>, { received, sent }: Repaired): Promise<void> {
    if (received + sent === 0) return;
    await this.db.transaction(async () => {
      await this.repairs.add(iss, { received, sent }, this.clock.now());
      await this.events.record('catalog.repaired', { iss, name, url, received, sent });
    });
    repairedEntries.inc({ direction: 'received' }, received);
    repairedEntries.inc({ direction: 'sent' }, sent);
    this.logger.warn(`The catalogs of this server and ${name} differed; repaired ${received} entries from ${name} and ${sent} there.`);
  }
}
