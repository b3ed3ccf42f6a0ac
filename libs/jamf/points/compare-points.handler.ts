import { Injectable, Logger } from '@nestjs/common';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfNetwork } from '#libs/entities/jamf-point.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted, JobPostponed } from '#libs/platform/jobs/job-type.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfClients } from '../client/jamf-clients.js';
import { delayAfter, JamfFault } from '../client/jamf-fault.js';
import { listNetworkSegments, type NetworkSegment } from '../client/network-segments.js';
import { requirePoints, versionOf } from '../connection/connection-test.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { ComparePoints } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfPointRepository } from './jamf-point.repository.js';
import { PointReconciler } from './point-reconciler.js';

const FAULT_LENGTH = 500;

/** Reads distribution points and network segments every hour, and keeps the former in step. */
@Injectable()
export class ComparePointsHandler extends JobHandler<Record<string, never>> {
  readonly type = ComparePoints;
  private readonly logger = new Logger(ComparePointsHandler.name);

  constructor(
    private readonly connection: JamfConnectionService,
    private readonly connections: JamfConnectionRepository,
    private readonly clients: JamfClients,
    private readonly reconciler: PointReconciler,
    private readonly points: JamfPointRepository,
    private readonly db: Database,
    private readonly leadership: JamfLeadership,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const saved = await this.connection.find();
    if (saved === null || !(await this.leadership.mayCompare(saved))) return;
    const client = this.clients.patient(this.connection.credentialsOf(saved), signal);
    const faults = [
      await this.attempt(saved, 'pointsFault', signal, () => this.comparePoints(saved, client, signal)),
      await this.attempt(saved, 'networksFault', signal, () => this.readNetworks(saved, client)),
    ];
    // A missing privilege waits for the next hour: until then nothing changes.
    const passing = faults.find((fault) => fault !== null && fault.kind !== 'forbidden' && fault.kind !== 'rejected');
    if (passing) throw new JobPostponed(delayAfter(passing), passing.message);
  }

  private async comparePoints(saved: JamfConnection, client: JamfClient, signal: AbortSignal): Promise<void> {
    const version = await versionOf(client);
    requirePoints(version);
    await this.reconciler.run(saved, client, signal);
  }

  private async readNetworks(saved: JamfConnection, client: JamfClient): Promise<void> {
    const segments = await listNetworkSegments(client);
    await this.db.transaction(async () => {
      if ((await this.connections.hold())?.url !== saved.url) return;
      await this.points.replaceNetworks(segments.map(networkOf));
      await this.connections.note(saved, { networksMs: this.clock.now(), networksFault: null });
    });
  }

  /** The fault, which is written down; null when there was none. */
  private async attempt(
    saved: JamfConnection,
    where: 'pointsFault' | 'networksFault',
    signal: AbortSignal,
    step: () => Promise<void>,
  ): Promise<JamfFault | null> {
    try {
      await step();
      return null;
    } catch (error) {
      if (signal.aborted) throw new JobInterrupted();
      if (!(error instanceof JamfFault)) throw error;
      const what = where === 'pointsFault' ? 'Distribution points' : 'Network segments';
      // Said once: without a privilege that is not wanted it would be said every hour.
      if (saved[where] !== error.message) this.logger.warn(`${what} could not be read: ${error.message}`);
      await this.connections.note(saved, { [where]: error.message.slice(0, FAULT_LENGTH) });
      return error;
    }
  }
}

const networkOf = ({ id: jamfId, ...segment }: NetworkSegment): JamfNetwork => ({ jamfId, ...segment });
