import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { Clock } from '#libs/platform/clock.js';
import { isoSeconds } from '#libs/platform/format/dates.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { catalogsAgree, type MissingContent, readSummary, type ServerSummary, SummaryMalformed } from '#libs/replication/server-summary.js';
import type { Stage } from '#libs/replication/stage.js';
import { SILENT_AFTER_MS } from '#libs/replication/summary-pace.js';
import type { KnownServer } from '#libs/replication/holding-status.js';
import { OwnSummary } from './own-summary.js';
import { ServerStateRepository } from './server-state.repository.js';

export const relations = ['self', 'peer', 'known'] as const;
export type Relation = (typeof relations)[number];

/** A server of the mesh with all that is known of it here. */
export interface NetworkServer extends KnownServer {
  readonly iss: string;
  readonly relation: Relation;
  readonly url: string | null;
  readonly firewalledMode: boolean;
  /** When a summary of it, or a call or answer, last came; null for never. */
  readonly heardMs: number | null;
  /** Contents that it has withdrawn and still has. */
  readonly kept: ReadonlySet<string>;
  /** When the summary came that says what it holds; null without one. */
  readonly claimedMs: number | null;
  /** Why it cannot be called; null when it can or no call was tried. */
  readonly trouble: string | null;
}

const NOTHING: ReadonlyMap<string, MissingContent> = new Map();
const byUuid = (missing: readonly MissingContent[]): ReadonlyMap<string, MissingContent> =>
  new Map(missing.map((each) => [each.uuid, each]));

function summaryIn(state: ServerState | undefined): ServerSummary | null {
  try {
    return state ? readSummary(state.body) : null;
  } catch (error) {
    if (error instanceof SummaryMalformed) return null; // kept by an earlier version; a newer one comes
    throw error;
  }
}

/** Who is in the mesh, as far as this server has heard. */
@Injectable()
export class KnownServers {
  constructor(
    private readonly states: ServerStateRepository,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly own: OwnSummary,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** This server first, then its peers, then the others. */
  async all(): Promise<NetworkServer[]> {
    const now = this.clock.now();
    const { iss: ownIss } = await this.identity.get();
    const summary = await this.own.make(now);
    const states = new Map((await this.states.findKnown()).map((state) => [state.iss, state]));
    const peers = await this.peers.findAll();
    const peerIss = new Set(peers.map(({ iss }) => iss));
    const strangers = [...states.values()].filter(({ iss }) => iss !== ownIss && !peerIss.has(iss));
    return [
      this.self(summary, now),
      ...peers.map((peer) => this.peer(peer, states.get(peer.iss), summary, now)),
      ...strangers.map((state) => this.stranger(state, summary, now)).filter((server) => server !== null),
    ];
  }

  private self(summary: ServerSummary, now: number): NetworkServer {
    const { iss, name, stage, url, firewalledMode, missing } = summary;
    const shown = { iss, name, stage, url, firewalledMode, relation: 'self' as const, heardMs: now, trouble: null, silence: null };
    const claim = { claimedMs: now, staleSince: null };
    return { ...shown, ...claim, kept: new Set(summary.kept), summary, missing: byUuid(missing), agrees: catalogsAgree(summary, summary) };
  }

  private peer(peer: Peer, state: ServerState | undefined, own: ServerSummary, now: number): NetworkServer {
    const { iss, name, stage, url, firewalledMode, lastSeenMs, unreachableSinceMs, lastError } = peer;
    const heardMs = Math.max(lastSeenMs ?? 0, state?.receivedMs ?? 0) || null;
    const since = unreachableSinceMs ?? this.silentSince(heardMs, now);
    const summary = summaryIn(state);
    const trouble = unreachableSinceMs === null ? null : (lastError ?? 'It does not answer.');
    const shown = { iss, name, stage, url: url === '' ? null : url, firewalledMode, relation: 'peer' as const, heardMs, trouble };
    return {
      ...shown,
      ...this.claimOf(state, now),
      ...this.judged(summary, stage, own),
      silence: since === null ? null : `since ${isoSeconds(since)} UTC`,
    };
  }

  private stranger(state: ServerState, own: ServerSummary, now: number): NetworkServer | null {
    const summary = summaryIn(state);
    if (!summary) return null;
    const { iss, name, stage, url, firewalledMode } = summary;
    const since = this.silentSince(state.receivedMs, now);
    const shown = { iss, name, stage, url, firewalledMode, relation: 'known' as const, heardMs: state.receivedMs, trouble: null };
    return {
      ...shown,
      ...this.claimOf(state, now),
      ...this.judged(summary, stage, own),
      silence: since === null ? null : `since ${isoSeconds(since)} UTC`,
    };
  }

  private judged(
    summary: ServerSummary | null,
    stage: Stage,
    own: ServerSummary,
  ): Pick<NetworkServer, 'summary' | 'missing' | 'agrees' | 'kept'> {
    if (!summary) return { summary, missing: NOTHING, agrees: [], kept: new Set() };
    // It admits other packages than its summary is about: the one for its new stage is on its way.
    const isOutdated = summary.stage !== stage;
    const kept = new Set(summary.kept);
    return { summary, kept, missing: byUuid(summary.missing), agrees: isOutdated ? [] : catalogsAgree(own, summary) };
  }

  /** What a server said that has not reported for long counts no more: it may have lost everything since. */
  private claimOf(state: ServerState | undefined, now: number): Pick<NetworkServer, 'claimedMs' | 'staleSince'> {
    const claimedMs = state?.receivedMs ?? null;
    const isStale = claimedMs !== null && now - claimedMs > this.config.get('HOLDER_SILENCE_HOURS') * 3_600_000;
    return { claimedMs, staleSince: isStale ? `${isoSeconds(claimedMs)} UTC` : null };
  }

  private silentSince(heardMs: number | null, now: number): number | null {
    return heardMs !== null && now - heardMs > SILENT_AFTER_MS ? heardMs : null;
  }
}
