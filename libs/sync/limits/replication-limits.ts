import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { formatTimeOfDay, type TransferWindow, untilOpen } from '#libs/replication/transfer-window.js';
import { type Limits, ReplicationSettingsRepository } from './replication-settings.repository.js';
import { NEEDS_LEAVE, TransferWaker } from '../transfers/transfer-waker.js';

export type { Limits };

/** Why no content is fetched now, and until when that will last. */
export interface Suspension {
  readonly code: 'paused' | 'outside-window';
  readonly reason: string;
  readonly waitMs: number;
}

/** Other processes may change the settings: what is remembered is never older than this, in milliseconds. */
const REMEMBER_MS = 1_000;
/** Ending a pause wakes all transfers; this check is the fallback. Milliseconds. */
const PAUSE_LOOK_MS = 600_000;

export function windowOf({ windowFrom: from, windowTo: to, windowZone: timeZone }: Limits): TransferWindow | null {
  return from === null || to === null || timeZone === null ? null : { from, to, timeZone };
}

/** What replication may use of the network and when, as administrators have set it. */
@Injectable()
export class ReplicationLimits {
  private remembered: { limits: Limits; untilMs: number } | undefined;

  constructor(
    private readonly settings: ReplicationSettingsRepository,
    private readonly waker: TransferWaker,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** As they were at most a second ago. */
  async current(): Promise<Limits> {
    const now = performance.now();
    if (this.remembered && this.remembered.untilMs > now) return this.remembered.limits;
    const limits = await this.settings.find();
    this.remembered = { limits, untilMs: now + REMEMBER_MS };
    return limits;
  }

  read(): Promise<Limits> {
    return this.settings.find();
  }

  async update(change: Partial<Limits>): Promise<Limits> {
    return this.db.transaction(async () => {
      const before = await this.settings.find();
      await this.settings.update(change);
      const after = await this.settings.find();
      await this.audit.record({ action: 'replication.limited', details: { from: pick(before, change), to: change } });
      if (!this.suspensionOf(after)) await this.waker.wake(NEEDS_LEAVE);
      this.db.afterCommit(() => (this.remembered = undefined));
      return after;
    });
  }

  /** Null when content may be fetched now. */
  async suspension(): Promise<Suspension | null> {
    return this.suspensionOf(await this.current());
  }

  /** Packages that this process fetches at a time. */
  async maxTransfers(): Promise<number> {
    const most = this.config.get('TRANSFER_CONCURRENCY');
    return Math.min(most, (await this.current()).maxTransfers ?? most);
  }

  async connectionsPerPeer(): Promise<number> {
    return (await this.current()).connectionsPerPeer ?? this.config.get('TRANSFER_CONNECTIONS');
  }

  suspensionOf(limits: Limits): Suspension | null {
    if (limits.paused) return { code: 'paused', reason: 'Fetching is paused by an administrator.', waitMs: PAUSE_LOOK_MS };
    const window = windowOf(limits);
    const waitMs = window ? untilOpen(window, this.clock.now()) : 0;
    if (!window || waitMs === 0) return null;
    const reason = `Packages are fetched between ${formatTimeOfDay(window.from)} and ${formatTimeOfDay(window.to)} (${window.timeZone}).`;
    return { code: 'outside-window', reason, waitMs };
  }
}

const pick = (limits: Limits, like: Partial<Limits>): Partial<Limits> =>
  Object.fromEntries(Object.keys(like).map((key) => [key, limits[key as keyof Limits]]));
