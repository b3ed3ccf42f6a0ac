import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfForeignPoint, JamfPoint } from '#libs/entities/jamf-point.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { DistributionPoints, plainContext } from '../client/distribution-points.js';
import { JamfClients } from '../client/jamf-clients.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfConnectionService } from '../connection/jamf-connection.service.js';
import { JamfNotSetUp, JamfPointNotResolvable, JamfPointUnknown, orCallFailed } from '../jamf.errors.js';
import { COMPARE_KEY, ComparePoints } from '../jamf.jobs.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfPointRepository } from './jamf-point.repository.js';
import { baseOf } from './plan-point.js';

export interface PointSettings {
  readonly managed: boolean;
  /** What it is called when it is made; null: after the server. */
  readonly wantedName: string | null;
  readonly context: string;
}

export interface PointsOverview {
  readonly connection: JamfConnection;
  readonly points: readonly JamfPoint[];
  readonly foreign: readonly JamfForeignPoint[];
}

const settingsOf = ({ managed, wantedName, context }: PointSettings): PointSettings => ({ managed, wantedName, context });

/** Distribution points beside the servers of the mesh, as they were last compared, and what administrators decide about them. */
@Injectable()
export class JamfPointsService {
  constructor(
    private readonly connection: JamfConnectionService,
    private readonly connections: JamfConnectionRepository,
    private readonly points: JamfPointRepository,
    private readonly clients: JamfClients,
    private readonly leadership: JamfLeadership,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  /** Throws JamfNotSetUp. */
  async overview(): Promise<PointsOverview> {
    const connection = await this.requireConnection();
    return { connection, points: await this.points.all(), foreign: await this.points.foreign() };
  }

  /** Throws JamfNotSetUp, JamfPointUnknown. */
  set(iss: string, given: PointSettings): Promise<JamfPoint> {
    return this.changed(iss, 'jamf.distribution_point_set', (row) => {
      const settings = { ...settingsOf(given), context: plainContext(given.context) };
      return { row: { ...row, ...settings }, details: { before: settingsOf(row), after: settings } };
    });
  }

  /**
   * Has what an administrator changed or deleted in Jamf Pro written again. Throws JamfNotSetUp, JamfPointUnknown, JamfPointNotResolvable,
   * JamfLedElsewhere, JamfCallFailed.
   */
  async overwrite(iss: string): Promise<JamfPoint> {
    const connection = await this.requireConnection();
    await this.leadership.requireNoOther(connection);
    const { state, jamfId } = await this.requirePoint(iss);
    if (state === 'missing_in_jamf') return this.resolved(iss, { jamfId: null, base: null });
    if (state !== 'edited' || jamfId === null)
      throw new JamfPointNotResolvable('There is nothing to decide: it was neither changed nor deleted in Jamf Pro.');
    const remote = new DistributionPoints(this.clients.prompt(this.connection.credentialsOf(connection)));
    const base = JSON.stringify(baseOf(await orCallFailed(remote.get(jamfId))));
    return this.resolved(iss, { jamfId, base });
  }

  private resolved(iss: string, change: Pick<JamfPoint, 'jamfId' | 'base'>): Promise<JamfPoint> {
    return this.changed(iss, 'jamf.distribution_point_overwritten', (row) => ({
      row: { ...row, ...change },
      details: { state: row.state, jamf_id: row.jamfId },
    }));
  }

  private changed(
    iss: string,
    action: string,
    change: (row: JamfPoint) => { readonly row: JamfPoint; readonly details: Readonly<Record<string, unknown>> },
  ): Promise<JamfPoint> {
    return this.db.transaction(async () => {
      if ((await this.connections.hold()) === null) throw new JamfNotSetUp();
      const before = await this.requirePoint(iss);
      const { row, details } = change(before);
      await this.points.save(row);
      await this.audit.record({ action, subject: before.serverName, details });
      await this.jobs.add(ComparePoints, {}, { key: COMPARE_KEY, now: true });
      return row;
    });
  }

  private async requireConnection(): Promise<JamfConnection> {
    const connection = await this.connections.find();
    if (connection === null) throw new JamfNotSetUp();
    return connection;
  }

  private async requirePoint(iss: string): Promise<JamfPoint> {
    const row = await this.points.find(iss);
    if (row === null) throw new JamfPointUnknown();
    return row;
  }
}
