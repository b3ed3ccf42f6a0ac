import { type Answer, fault, json, listPage } from './answers.js';
import { ReplicatedTable } from './cluster.js';
import type { Knobs } from './knobs.js';

export type FakePoint = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string };

const usual = {
  ...{ principal: false, backupDistributionPointId: '-1', fileSharingConnectionType: 'NONE', enableLoadBalancing: false },
  ...{ httpsEnabled: false, httpsPort: 443, httpsContext: '', httpsSecurityType: 'NONE', localPathToShare: '' },
};
const filterable = ['name', 'serverName', 'principal', 'fileSharingConnectionType', 'httpsEnabled'];

/** `/api/v1/distribution-points`: PUT and PATCH answer 202; PATCH merges; passwords never come back. */
export class FakePoints {
  readonly table: ReplicatedTable<FakePoint>;

  constructor(private readonly knobs: Knobs) {
    this.table = new ReplicatedTable(() => knobs.lagMs);
  }

  /** One that was there before, known to every node. */
  add(fields: Readonly<Record<string, unknown>>): FakePoint {
    const id = this.table.nextId();
    const point = { ...usual, ...fields, id } as unknown as FakePoint;
    this.table.write(id, point, null);
    return point;
  }

  /** As an administrator of Jamf Pro edits it. */
  edit(id: string, fields: Readonly<Record<string, unknown>>): void {
    this.table.write(id, { ...this.table.settled.find((point) => point.id === id)!, ...fields }, null);
  }

  answer(method: string, id: string | undefined, query: URLSearchParams, body: () => Record<string, unknown>, node: number): Answer {
    if (id === undefined) {
      if (method === 'POST') return this.write(this.table.nextId(), body(), node, (point) => json(201, { id: point.id, href: '' }));
      return listPage(this.table.allSeenBy(node).map(shown), query, { fields: filterable, clamp: this.knobs.pageClamp });
    }
    const now = this.table.seenBy(node, id);
    if (now === null) return fault(404, 'NOT_FOUND', 'Distribution point could not be found', 'id');
    if (method === 'GET') return json(200, shown(now));
    return this.write(id, method === 'PATCH' ? { ...now, ...body() } : body(), node, (point) => json(202, shown(point)));
  }

  private write(id: string, fields: Record<string, unknown>, node: number, answerOf: (point: FakePoint) => Answer): Answer {
    const point = { ...usual, ...fields, id } as unknown as FakePoint;
    const refused = this.refusalOf(point);
    if (refused) return refused;
    this.table.write(id, point, node);
    const isLost = this.knobs.dropAfterWrite;
    this.knobs.dropAfterWrite = false;
    return { ...answerOf(point), isLost };
  }

  private refusalOf(point: FakePoint): Answer | null {
    const missing = ['name', 'serverName'].find((field) => typeof point[field] !== 'string' || point[field] === '');
    if (missing !== undefined) return fault(400, 'REQUIRED', 'Field is required', missing);
    if (point['fileSharingConnectionType'] === 'NONE' && point['httpsEnabled'] !== true)
      return fault(400, 'INVALID_VALUE', 'Either file sharing or HTTPS must be enabled', 'httpsEnabled');
    const isTaken = this.table.settled.some(({ id, name }) => id !== point.id && name.toLowerCase() === point.name.toLowerCase());
    return isTaken ? fault(400, 'DUPLICATE_FIELD', 'duplicate name', 'name') : null;
  }
}

const shown = ({ httpsPassword: _https, readWritePassword: _write, readOnlyPassword: _read, ...point }: FakePoint): FakePoint =>
  point as FakePoint;
