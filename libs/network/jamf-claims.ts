import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { BlockList } from '#libs/peers/blocking/block-list.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { type JamfClaim, jamfIdOf } from '#libs/replication/jamf-claim.js';
import { isFresh, type JamfServer } from '#libs/replication/jamf-leader.js';
import { readSummary, SummaryMalformed } from '#libs/replication/server-summary.js';
import { isTrustedClaim } from './jamf-claim-trust.js';
import { JamfClaimRepository } from './jamf-claim.repository.js';
import { ServerStateRepository } from './server-state.repository.js';

/** A server that is connected with a Jamf Pro server, with its name. */
export interface NamedJamfServer extends JamfServer {
  readonly name: string;
}

/** What servers of the mesh say of their connections with Jamf Pro. */
@Injectable()
export class JamfClaims {
  constructor(
    private readonly connections: JamfClaimRepository,
    private readonly states: ServerStateRepository,
    private readonly blocked: BlockList,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** How often a connected server looks who comes first, in milliseconds. */
  get intervalMs(): number {
    return this.config.get('JAMF_LEADER_SECONDS') * 1_000;
  }

  /** What this server says; null without a connection. */
  async own(): Promise<JamfClaim | null> {
    const row = await this.connections.find();
    return row && this.claimOf(row);
  }

  claimOf({ url, priority, readyMs, leadsFromMs }: Pick<JamfConnection, 'url' | 'priority' | 'readyMs' | 'leadsFromMs'>): JamfClaim {
    return { id: jamfIdOf(url), priority, ready: isFresh(readyMs, this.clock.now(), this.intervalMs), since: leadsFromMs };
  }

  /** The other servers that say that they are connected with the Jamf Pro server at `url`. Blocked ones do not count (isTrustedClaim). */
  async othersAt(url: string): Promise<NamedJamfServer[]> {
    const id = jamfIdOf(url);
    const { iss: ownIss } = await this.identity.get();
    const registered = new Set((await this.peers.findAll()).map((peer) => peer.iss));
    const trust = { registered, blocked: await this.blocked.list() };
    const states = (await this.states.findKnown()).filter(
      (state) => state.iss !== ownIss && state.body.includes(id) && isTrustedClaim(state, trust),
    );
    return states.map(serverIn).filter((server) => server?.claim.id === id) as NamedJamfServer[];
  }
}

function serverIn({ iss, body, receivedMs: heardMs }: ServerState): NamedJamfServer | null {
  try {
    const { name, jamf: claim } = readSummary(body);
    return claim === undefined ? null : { iss, name, heardMs, claim };
  } catch (error) {
    if (error instanceof SummaryMalformed) return null; // kept by an earlier version; a newer one comes
    throw error;
  }
}
