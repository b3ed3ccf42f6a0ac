import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { JamfClaims, type NamedJamfServer } from '#libs/network/jamf-claims.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { MAX_JAMF_PRIORITY } from '#libs/replication/jamf-claim.js';
import { comesBefore, isItsTurn, leaderOf, turnAfter } from '#libs/replication/jamf-leader.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfLedElsewhere } from '../jamf.errors.js';
import { JamfRuleRepository } from '../rules/jamf-rule.repository.js';
import { type LeaderFacts, obstacleOf, whyLeader } from './why-leader.js';

/** Which server keeps Jamf Pro in step. */
export interface JamfLead {
  /** Null when none does. */
  readonly leader: NamedJamfServer | null;
  readonly isThis: boolean;
  /** A sentence for administrators. */
  readonly why: string;
  /** All that are connected with this Jamf Pro server, in their order. */
  readonly servers: readonly NamedJamfServer[];
}

/** What a look at the servers found. */
export interface JamfLook {
  /** Whether this server writes now. */
  readonly isItsTurn: boolean;
  /** Whether it did not at the look before. */
  readonly begins: boolean;
  /** From when on it writes, in milliseconds; null while another one comes first. */
  readonly leadsFromMs: number | null;
}

type LeadRow = Pick<JamfConnection, 'url' | 'mode' | 'priority' | 'readyMs' | 'leadsFromMs' | 'lookedMs'>;

const FIRST_PRIORITY = 100;
const PRIORITY_STEP = 10;

/** Of several servers that are connected with one Jamf Pro server, one keeps it in step (docs/jamf.md). */
@Injectable()
export class JamfLeadership {
  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly rules: JamfRuleRepository,
    private readonly claims: JamfClaims,
    private readonly identity: ServerIdentity,
    private readonly events: DomainEvents,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  get intervalMs(): number {
    return this.claims.intervalMs;
  }

  async view(saved: LeadRow): Promise<JamfLead> {
    const facts = await this.factsOf(saved);
    const { own, leader, others } = facts;
    const servers = [own, ...others].sort((one, other) => (comesBefore(one, other) ? -1 : 1));
    return { leader, isThis: leader?.iss === own.iss, why: whyLeader(facts), servers };
  }

  /**
   * Whether this server compares packages and distribution points: it keeps Jamf Pro in step, or none does and this one only looks. Jobs ask
   * before they begin.
   */
  async mayCompare(saved: LeadRow): Promise<boolean> {
    const { leader, isItsTurn: isTurn } = await this.factsOf(saved);
    return saved.mode === 'watch' ? leader === null : isTurn;
  }

  /** Whether this server may write in Jamf Pro at this moment. Asked before each write. */
  async mayWrite(now: LeadRow): Promise<boolean> {
    return now.mode === 'write' && (await this.factsOf(now)).isItsTurn;
  }

  /** For what people ask for: throws JamfLedElsewhere when another server keeps Jamf Pro in step. */
  async requireNoOther(saved: LeadRow): Promise<void> {
    const { leader, isThis } = await this.view(saved);
    if (leader !== null && !isThis) throw new JamfLedElsewhere(leader.name);
  }

  /** Of a server that is connected from now on: after all that are connected already. */
  async nextPriority(url: string): Promise<number> {
    const taken = (await this.claims.othersAt(url)).map(({ claim }) => claim.priority);
    return taken.length === 0 ? FIRST_PRIORITY : Math.min(MAX_JAMF_PRIORITY, Math.max(...taken) + PRIORITY_STEP);
  }

  /** Looks which server comes first, and writes that down; null when the connection was changed meanwhile. */
  look(saved: JamfConnection, hasAnswered: boolean): Promise<JamfLook | null> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (before?.url !== saved.url) return null;
      const now = this.clock.now();
      const { obstacle } = await this.factsOf(before);
      const readyMs = obstacle !== null ? null : hasAnswered ? now : before.readyMs;
      const { leader, others, own } = await this.factsOf({ ...before, readyMs });
      const turn = turnAfter(before, { isFirst: leader?.iss === own.iss, isOnly: others.length === 0 }, now, this.intervalMs);
      const leaderIss = leader?.iss ?? '';
      await this.connections.note(saved, { readyMs, ...turn, leaderIss });
      if (others.length > 0 && before.leaderIss !== null && before.leaderIss !== leaderIss) await this.recordChange(saved, leader, own);
      const isTurn = isItsTurn(turn, now, this.intervalMs);
      const wasTurn =
        before.leadsFromMs === turn.leadsFromMs && before.leadsFromMs !== null && before.leadsFromMs <= (before.lookedMs ?? 0);
      return { isItsTurn: isTurn, begins: isTurn && !wasTurn, leadsFromMs: turn.leadsFromMs };
    });
  }

  private async recordChange({ url }: JamfConnection, leader: NamedJamfServer | null, own: NamedJamfServer): Promise<void> {
    await this.events.record('jamf.leader_changed', { url, server: leader?.name ?? null, is_this_server: leader?.iss === own.iss });
  }

  private async factsOf(saved: LeadRow): Promise<LeaderFacts> {
    const nowMs = this.clock.now();
    const { iss, name } = await this.identity.get();
    const claim = this.claims.claimOf(saved);
    // One that was set to compare only has no turn any more, whatever it said before.
    const own: NamedJamfServer = { iss, name, heardMs: nowMs, claim: { ...claim, ready: claim.ready && saved.mode === 'write' } };
    const others = await this.claims.othersAt(saved.url);
    const leader = leaderOf([own, ...others], nowMs, this.intervalMs);
    const isTurn = leader?.iss === iss && isItsTurn(saved, nowMs, this.intervalMs);
    const obstacle = await this.obstacleOf(saved, leaderOf(others, nowMs, this.intervalMs) === null);
    return { own, leader, others, obstacle, isItsTurn: isTurn, nowMs };
  }

  /** While no other one could, a server does what it can, whatever its rules ask for beyond that. */
  private async obstacleOf({ mode }: Pick<JamfConnection, 'mode'>, isAlone: boolean): Promise<string | null> {
    const { stage } = await this.identity.get();
    return obstacleOf(mode, isAlone ? [] : await this.rules.all(), stage);
  }
}
