import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import type { JamfForeignPoint, JamfPoint } from '#libs/entities/jamf-point.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { KnownServers, type NetworkServer } from '#libs/network/known-servers.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { type DistributionPoint, DistributionPoints, type PointAddress } from '../client/distribution-points.js';
import type { JamfClient } from '../client/jamf-client.js';
import { JamfFault } from '../client/jamf-fault.js';
import { JamfConnectionRepository } from '../connection/jamf-connection.repository.js';
import { JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfPointRepository } from './jamf-point.repository.js';
import { baseOf, type PlannedPointWrite, planPoints, type PointInput, type PointPlan } from './plan-point.js';
import { differingFields, shownAddress, USUAL_CONTEXT } from './wanted-point.js';

const NAME_LENGTH = 255;
const REASON_LENGTH = 500;

/** A server with its row as it is to be saved, and what is to be written. */
interface Pending {
  readonly row: JamfPoint;
  readonly write: PlannedPointWrite | null;
}

const inputOf = (server: NetworkServer, row: JamfPoint | undefined): PointInput => ({
  ...{ iss: server.iss, serverName: server.name, url: server.url },
  // A server that is only known through others was not chosen by an administrator here.
  managed: row?.managed ?? server.relation !== 'known',
  name: (row?.wantedName ?? `ODS ${server.name}`).slice(0, NAME_LENGTH),
  context: row?.context ?? USUAL_CONTEXT,
  known: row?.jamfId && row.base !== null ? { jamfId: row.jamfId, base: JSON.parse(row.base) as PointAddress } : null,
});

/** Keeps the distribution points of Jamf Pro in step with the servers of the mesh, as far as the settings allow. */
@Injectable()
export class PointReconciler {
  constructor(
    private readonly servers: KnownServers,
    private readonly points: JamfPointRepository,
    private readonly connections: JamfConnectionRepository,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly audit: AuditTrail,
    private readonly leadership: JamfLeadership,
    private readonly clock: Clock,
  ) {}

  /** Throws JamfFault; what was written until then is kept. */
  async run(connection: JamfConnection, client: JamfClient, signal: AbortSignal): Promise<void> {
    const remote = new DistributionPoints(client);
    const found = await remote.list();
    for (const pending of await this.note(connection, found)) {
      signal.throwIfAborted();
      if (pending.write === null) continue;
      if (!(await this.mayWrite(connection))) break;
      await this.settle(connection, pending, await this.written(remote, pending.write));
    }
  }

  /** Writes down what was found. Nothing of it counts when the connection was changed meanwhile. */
  private async note(connection: JamfConnection, found: readonly DistributionPoint[]): Promise<Pending[]> {
    const servers = await this.servers.all();
    return this.db.transaction(async () => {
      if ((await this.connections.hold())?.url !== connection.url) return [];
      const now = this.clock.now();
      const rows = new Map((await this.points.all()).map((row) => [row.iss, row]));
      const inputs = servers.map((server) => inputOf(server, rows.get(server.iss)));
      const plans = planPoints(inputs, found);
      const pending = inputs.map((input): Pending => {
        const plan = plans.get(input.iss)!;
        return { row: rowOf(input, rows.get(input.iss), plan, now), write: plan.write };
      });
      for (const { row } of pending) await this.points.save(row);
      const gone = [...rows.values()].filter(({ iss }) => !plans.has(iss));
      for (const row of gone) await this.noteGone(row, found, now);
      const owned = new Set([...pending.map(({ row }) => row.jamfId), ...gone.map(({ jamfId }) => jamfId)]);
      await this.points.replaceForeign(found.filter(({ id }) => !owned.has(id)).map(foreignOf));
      await this.connections.note(connection, { pointsMs: now, pointsFault: null });
      return pending;
    });
  }

  /** A server that is not known any more: its distribution point stays, for an administrator to decide about. */
  private async noteGone(row: JamfPoint, found: readonly DistributionPoint[], checkedMs: number): Promise<void> {
    const point = found.find(({ id }) => id === row.jamfId);
    if (!point) return this.points.remove(row.iss);
    const reason = `The server is not known here any more. Distribution point ${point.id} is left as it is.`;
    await this.points.save({ ...row, state: 'server_gone', reason, pointName: point.name, checkedMs });
  }

  private async mayWrite({ url }: JamfConnection): Promise<boolean> {
    const now = await this.connections.find();
    return now !== null && now.url === url && now.managePoints && (await this.leadership.mayWrite(now));
  }

  private async written(remote: DistributionPoints, write: PlannedPointWrite): Promise<DistributionPoint | JamfFault> {
    try {
      const id = write.kind === 'create' ? await remote.create(write.name, write.address) : write.id;
      if (write.kind === 'update') await remote.change(id, write.fields);
      const after = await remote.get(id);
      const wrong = differingFields(after, write.address);
      return wrong.length === 0 ? after : new JamfFault('rejected', `Jamf Pro kept other values than were sent in ${wrong.join(', ')}.`);
    } catch (error) {
      if (error instanceof JamfFault && (error.kind === 'rejected' || error.kind === 'not_found')) return error;
      throw error;
    }
  }

  private settle(connection: JamfConnection, { row, write }: Pending, outcome: DistributionPoint | JamfFault): Promise<void> {
    return this.db.transaction(async () => {
      if ((await this.connections.hold())?.url !== connection.url) return;
      if (outcome instanceof JamfFault)
        return this.points.save({ ...row, state: 'failed', reason: outcome.message.slice(0, REASON_LENGTH) });
      const { id: jamfId, name: pointName } = outcome;
      const base = JSON.stringify(baseOf(outcome));
      await this.points.save({ ...row, state: 'in_step', reason: '', jamfId, pointName, base, writtenMs: this.clock.now() });
      const details = { server: row.serverName, jamf_id: jamfId, kind: write!.kind, address: shownAddress(outcome) };
      await this.audit.record({ action: 'jamf.distribution_point_written', subject: pointName, details });
      await this.events.record('jamf.distribution_point_written', { name: pointName, ...details });
    });
  }
}

function rowOf(input: PointInput, before: JamfPoint | undefined, plan: PointPlan, checkedMs: number): JamfPoint {
  const { state, point, wanted } = plan;
  // One that is right as it was found is kept from here on.
  const isTakenOver = state === 'in_step' && input.known === null && point !== null;
  return {
    ...{ iss: input.iss, serverName: input.serverName, managed: input.managed, wantedName: before?.wantedName ?? null },
    ...{ context: input.context, state, reason: plan.reason.slice(0, REASON_LENGTH), checkedMs, writtenMs: before?.writtenMs ?? null },
    jamfId: point?.id ?? input.known?.jamfId ?? null,
    pointName: point?.name ?? null,
    address: wanted === null ? null : shownAddress(wanted),
    base: isTakenOver ? JSON.stringify(baseOf(point)) : (before?.base ?? null),
  };
}

const foreignOf = (point: DistributionPoint): JamfForeignPoint => ({
  ...{ jamfId: point.id, name: point.name, principal: point.principal },
  address: point.httpsEnabled ? shownAddress(point) : point.serverName,
});
