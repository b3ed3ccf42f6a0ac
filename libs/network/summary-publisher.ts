import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { MAX_AHEAD_MS } from '#libs/replication/stamp.js';
import {
  differsInProgressOnly,
  readSummary,
  saysTheSame,
  type ServerSummary,
  SummaryMalformed,
  writeSummary,
} from '#libs/replication/server-summary.js';
import { HEARTBEAT_MS, spacingOf } from '#libs/replication/summary-pace.js';
import { JamfClaims } from './jamf-claims.js';
import { OwnSummary } from './own-summary.js';
import { ServerStateRepository } from './server-state.repository.js';
import { ServerStates } from './server-states.js';
import { signText } from '#libs/platform/crypto/es256.js';

/** The outcome of a check whether this server's summary has to be published. */
export interface Publication {
  readonly isPublished: boolean;
  /** When to look again though nothing asks for it, in milliseconds; null when only news are a reason. */
  readonly lookAgainMs: number | null;
}

/** While something is missing here, why and how much of it changes without any news. */
const MISSING_LOOK_MS = 5_000;

function readKept(state: ServerState | null): ServerSummary | null {
  try {
    return state && readSummary(state.body);
  } catch (error) {
    if (error instanceof SummaryMalformed) return null; // an earlier version wrote it
    throw error;
  }
}

/** Later than the one before, also when the clock was set back; unless that one was so far ahead that no peer can have accepted it. */
function nextIssue(before: ServerState | null, now: number): number {
  if (!before || before.issuedMs < now || before.issuedMs > now + MAX_AHEAD_MS) return now;
  return before.issuedMs + 1;
}

/** Since when this server has been silent, in milliseconds; for ever, when the one before is dated later than now by a clock that was wrong. */
const ageOf = (before: ServerState | null, now: number): number => (before && before.issuedMs <= now ? now - before.issuedMs : Infinity);

/** Publishes this server's summary to the mesh when it has changed, and at least as often as a heartbeat. */
@Injectable()
export class SummaryPublisher {
  constructor(
    private readonly states: ServerStateRepository,
    private readonly own: OwnSummary,
    private readonly mesh: ServerStates,
    private readonly identity: ServerIdentity,
    private readonly claims: JamfClaims,
    private readonly clock: Clock,
  ) {}

  async publish(): Promise<Publication> {
    const { iss, privateKey, publicKey } = await this.identity.get();
    const now = this.clock.now();
    const kept = await this.states.find(iss);
    const issuedMs = nextIssue(kept, now);
    const body = writeSummary(await this.own.make(issuedMs));
    const after = readSummary(body);
    const lookAgainMs = after.missingCount > 0 ? MISSING_LOOK_MS : null;
    const before = kept?.publicKey === publicKey ? readKept(kept) : null;
    const age = ageOf(kept, now);
    const isSame = before !== null && saysTheSame(before, after);
    if (isSame && age < this.heartbeatOf(after)) return { isPublished: false, lookAgainMs };
    // A heartbeat that others wait for does not wait itself.
    const waitMs = before && !(isSame && after.jamf) ? await this.waitBetween(before, after, body, age) : 0;
    if (waitMs > 0) return { isPublished: false, lookAgainMs: waitMs };
    await this.mesh.publish({ iss, publicKey, body, signature: signText(body, privateKey) }, issuedMs);
    return { isPublished: true, lookAgainMs };
  }

  /** A server that is connected with Jamf Pro is waited for by others: it speaks at every look, which comes a little before the interval ends. */
  private heartbeatOf({ jamf }: ServerSummary): number {
    return jamf === undefined ? HEARTBEAT_MS : Math.min(HEARTBEAT_MS, this.claims.intervalMs * 0.75);
  }

  private async waitBetween(before: ServerSummary, after: ServerSummary, body: string, age: number): Promise<number> {
    const servers = await this.states.count();
    const spacing = spacingOf(Buffer.byteLength(body), servers, differsInProgressOnly(before, after));
    return Math.max(0, spacing - age);
  }
}
