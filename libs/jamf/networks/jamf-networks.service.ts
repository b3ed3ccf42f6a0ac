import { Injectable } from '@nestjs/common';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfNotSetUp } from '../jamf.errors.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { problemsOf, type Site, type SiteProblem, sitesOf, type WhichServer, whichServer } from './which-server.js';

export interface NetworksOverview {
  readonly connection: JamfConnection;
  readonly sites: readonly Site[];
  readonly problems: readonly SiteProblem[];
  readonly which: WhichServer | null;
}

/** The network segments of Jamf Pro, as they were last read, and the servers that they lead to. */
@Injectable()
export class JamfNetworksService {
  constructor(
    private readonly connections: JamfConnectionRepository,
    private readonly points: JamfPointRepository,
  ) {}

  /** Throws JamfNotSetUp. */
  async overview(ip: string | undefined): Promise<NetworksOverview> {
    const connection = await this.connections.find();
    if (connection === null) throw new JamfNotSetUp();
    const { points } = this;
    const found = { networks: await points.networks(), points: await points.all(), foreign: await points.foreign() };
    const isAsked = ip !== undefined && connection.networksMs !== null;
    return { connection, sites: sitesOf(found), problems: problemsOf(found), which: isAsked ? whichServer(ip, found) : null };
  }
}
