import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { humanDuration } from '#libs/platform/format/human-duration.js';
import { HealthChecks } from '#libs/platform/http/health-checks.js';
import { type ClockVerdict, latestStampMs } from '#libs/replication/clock-comparison.js';
import { PeerClient } from '../client/peer-client.js';
import { PeerRepository } from '../peer.repository.js';
import { OwnClockAhead } from '../peers.errors.js';
import { PeerClockRepository } from './peer-clock.repository.js';
import { monotonicMs, PeerClocks, READING_LASTS_MS } from './peer-clocks.js';

/** How long servers are waited for when the clock has to be known now, in milliseconds, and how many are asked. */
const ASK_TIMEOUT_MS = 3_000;
const MOST_ASKED = 9;
/** A verdict against this server counts when it rests on readings that are this new, in milliseconds. */
const FRESH_MS = 10_000;
/** After no peer answered they are not asked again before this long, in milliseconds. */
const ASK_AGAIN_MS = 30_000;

/** What is known of this server's clock, for people. */
export interface OwnClockReport extends ClockVerdict {
  readonly sentence: string;
  readonly nowMs: number;
}

/** Guards the mesh from this server's own clock (MESH §2). */
@Injectable()
export class OwnClock implements OnModuleInit {
  private readonly logger = new Logger(OwnClock.name);
  private askedMs = -Infinity;
  private asking: Promise<void> | null = null;
  private recorded: ClockVerdict['state'] = 'unknown';

  constructor(
    private readonly clocks: PeerClocks,
    private readonly rows: PeerClockRepository,
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly health: HealthChecks,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.health.add('clock', async () => {
      const { state, offsetMs, sentence } = await this.report();
      return { state, burden: state === 'ahead' || state === 'behind' ? sentence : null, offset_ms: offsetMs };
    });
  }

  /**
   * Called before a write of this server. Throws OwnClockAhead when its stamp would be more than 10 minutes ahead of the other servers.
   * Asks them when nothing is known yet, and again before it refuses: they or this server may have been set right.
   */
  async requireRight(): Promise<void> {
    let verdict = await this.clocks.verdict();
    const age = monotonicMs() - (this.clocks.newestMs() ?? -Infinity);
    const isDoubtful = verdict.state === 'unknown' || age > READING_LASTS_MS || (verdict.state === 'ahead' && age > FRESH_MS);
    if (isDoubtful) {
      await this.ask(verdict.state === 'ahead');
      verdict = await this.clocks.verdict();
    }
    await this.recordVerdict(verdict);
    this.refuseAhead(verdict);
  }

  /** The same by what is known already, for use in a transaction. Answers by what stamps are judged. Throws OwnClockAhead. */
  async requireKnownRight(): Promise<ClockVerdict> {
    const verdict = await this.clocks.verdict();
    this.refuseAhead(verdict);
    return verdict;
  }

  /** The latest wall time that a stamp can have; null when there is nothing to judge by. */
  async latestStampMs(): Promise<number | null> {
    return latestStampMs(this.clock.now(), await this.clocks.verdict());
  }

  /** Compares now, and records what has changed. */
  async check(): Promise<void> {
    const isOld = monotonicMs() - (this.clocks.newestMs() ?? -Infinity) > READING_LASTS_MS / 2;
    if (isOld) await this.ask(false);
    await this.recordVerdict(await this.clocks.verdict());
  }

  async report(): Promise<OwnClockReport> {
    const verdict = await this.clocks.verdict();
    return { ...verdict, nowMs: this.clock.now(), sentence: this.sentenceOf(verdict) };
  }

  private refuseAhead({ state, offsetMs }: ClockVerdict): void {
    if (state !== 'ahead' || !this.config.get('CLOCK_GUARD')) return;
    const now = this.clock.now();
    throw new OwnClockAhead(now, now + offsetMs!);
  }

  private sentenceOf({ state, offsetMs }: ClockVerdict): string {
    if (offsetMs === null) return 'No other server has been seen yet to compare the clock with.';
    if (state === 'right') return "This server's clock agrees with those of the servers it is registered with.";
    const [now, difference] = [this.clock.now(), humanDuration(Math.round(Math.abs(offsetMs) / 1_000))];
    const times = `it says ${new Date(now).toISOString()}, theirs say ${new Date(now + offsetMs).toISOString()}`;
    const effect =
      !this.config.get('CLOCK_GUARD') || state === 'behind'
        ? 'Other servers refuse its calls'
        : 'No changes are accepted here until it is right; downloads are served';
    return `This server's clock is ${difference} ${state} of the servers it is registered with: ${times}. ${effect}. Set it (NTP).`;
  }

  /** One round at a time; those who come meanwhile wait for it. */
  private async ask(isUrgent: boolean): Promise<void> {
    if (!isUrgent && monotonicMs() - this.askedMs < ASK_AGAIN_MS) return;
    this.asking ??= this.askAll().finally(() => {
      this.asking = null;
      this.askedMs = monotonicMs();
    });
    await this.asking;
  }

  /** Whatever they answer, even that the clocks differ too much, says what time it is there; the client notes it. */
  private async askAll(): Promise<void> {
    const callable = (await this.peers.findAll()).filter(({ url, firewalledMode, paused }) => url !== '' && !firewalledMode && !paused);
    await Promise.allSettled(
      callable
        .slice(0, MOST_ASKED)
        .map((peer) =>
          this.client.json({ iss: peer.iss, url: peer.url }, 'GET', '/api/ods/about', { token: null, timeoutMs: ASK_TIMEOUT_MS }),
        ),
    );
  }

  /** Several processes find the same: the one that changes the row records it. */
  private async recordVerdict({ state, offsetMs }: ClockVerdict): Promise<void> {
    if (state === 'unknown' || state === this.recorded) return;
    const now = this.clock.now();
    const rounded = Math.round(offsetMs ?? 0);
    await this.db.transaction(async () => {
      const before = await this.rows.setOwn({ state, offsetMs: rounded, sinceMs: now });
      if (before === null || (before === 'unknown' && state === 'right')) return;
      const times = { own_time: new Date(now).toISOString(), other_servers_time: new Date(now + rounded).toISOString() };
      await this.events.record(state === 'right' ? 'clock.right' : 'clock.wrong', { state, offset_ms: rounded, ...times });
      this.db.afterCommit(() => this.log({ state, offsetMs }));
    });
    this.recorded = state;
  }

  private log(verdict: ClockVerdict): void {
    if (verdict.state === 'right') this.logger.log(this.sentenceOf(verdict));
    else this.logger.error(this.sentenceOf(verdict));
  }
}
