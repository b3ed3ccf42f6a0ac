import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import type { NamedJamfServer } from '#libs/network/jamf-claims.js';
import { isoSeconds } from '#libs/platform/format/dates.js';
import { admits, type Stage } from '#libs/replication/stage.js';

/**
 * What stands in the way of this server, whatever Jamf Pro answers; null for nothing. A rule without a stage maps what is here; one that names a
 * stage which this server does not admit could never be followed.
 */
export function obstacleOf(mode: JamfConnection['mode'], rules: readonly Pick<JamfRule, 'include' | 'stage'>[], own: Stage): string | null {
  if (mode === 'watch') return 'it only compares.';
  const foreign = rules.find(({ include, stage }) => include && stage !== null && !admits(own, stage));
  return foreign ? `a rule maps packages of the stage ${foreign.stage}, which it does not admit.` : null;
}

/** What is known of the servers that are connected with one Jamf Pro server, as this one sees it. */
export interface LeaderFacts {
  /** This server, with what it says. */
  readonly own: NamedJamfServer;
  readonly leader: NamedJamfServer | null;
  readonly others: readonly NamedJamfServer[];
  readonly obstacle: string | null;
  readonly isItsTurn: boolean;
  readonly nowMs: number;
}

const silent = 'Jamf Pro has not answered it as it should of late.';

/** Why that server keeps Jamf Pro in step, or why none does: for administrators. */
export function whyLeader({ own, leader, others, obstacle, isItsTurn, nowMs }: LeaderFacts): string {
  const cannot = obstacle ?? (own.claim.ready ? null : silent);
  if (leader === null) return `No server keeps Jamf Pro in step. This server does not: ${cannot ?? silent}`;
  if (leader.iss === own.iss) return isItsTurn ? whyThis(own, others) : whyNotYet(own, nowMs);
  const first = `The server "${leader.name}" keeps Jamf Pro in step`;
  if (cannot !== null) return `${first}. This server could not take over: ${cannot}`;
  const { priority } = own.claim;
  return leader.claim.priority === priority
    ? `${first}: both have the priority ${priority}, and its ISS ID is the lower one.`
    : `${first}: its priority ${leader.claim.priority} comes before ${priority}, that of this server.`;
}

const whyThis = ({ claim }: NamedJamfServer, others: readonly NamedJamfServer[]): string =>
  others.length === 0
    ? 'This server keeps Jamf Pro in step: no other one is connected with it.'
    : `This server keeps Jamf Pro in step: with the priority ${claim.priority} it comes first of the servers that can.`;

const whyNotYet = ({ claim: { since } }: NamedJamfServer, nowMs: number): string =>
  since !== null && since > nowMs
    ? `This server takes over at ${isoSeconds(since)} UTC, once the others know of it.`
    : 'This server comes first, and takes over when it has looked again.';
