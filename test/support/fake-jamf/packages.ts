import { type Answer, empty, fault, json, listPage } from './answers.js';
import { ReplicatedTable } from './cluster.js';
import type { Knobs } from './knobs.js';

export type PackageRecord = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly packageName: string;
  readonly fileName: string;
};

const required = [
  ...['packageName', 'fileName', 'categoryId', 'priority', 'fillUserTemplate', 'rebootRequired', 'osInstall'],
  ...['suppressUpdates', 'suppressFromDock', 'suppressEula', 'suppressRegistration'],
];
const flags = [
  ...['fillUserTemplate', 'fillExistingUsers', 'swu', 'rebootRequired', 'selfHealNotify', 'osInstall', 'suppressUpdates'],
  ...['ignoreConflicts', 'suppressFromDock', 'suppressEula', 'suppressRegistration'],
];
const optional = [
  ...['info', 'notes', 'osRequirements', 'serialNumber', 'parentPackageId', 'basePath', 'installLanguage', 'md5', 'sha256', 'sha3512'],
  ...['hashType', 'hashValue', 'osInstallerVersion', 'manifest', 'manifestFileName', 'format', 'selfHealingAction'],
];
const filterable = ['id', 'fileName', 'packageName', 'categoryId', 'info', 'notes', 'manifestFileName', 'cloudTransferStatus'];
const extensions = /\.(?:pkg|mpkg|dmg|zip|ipa|jar|exe|msi|sh|app)$/i;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** `/api/v1/packages`: PUT replaces the whole object, and what it leaves out becomes the default. */
export class FakePackages {
  readonly table: ReplicatedTable<PackageRecord>;

  constructor(
    private readonly knobs: Knobs,
    private readonly hasCategory: (id: string) => boolean,
  ) {
    this.table = new ReplicatedTable(() => knobs.lagMs);
  }

  answer(method: string, id: string | undefined, query: URLSearchParams, body: () => Record<string, unknown>, node: number): Answer {
    if (id === undefined) {
      if (method === 'POST') return this.create(body(), node);
      return listPage(this.table.allSeenBy(node), query, { fields: filterable, clamp: this.knobs.pageClamp });
    }
    const now = this.table.seenBy(node, id);
    if (now === null) return fault(404, 'NOT_FOUND', 'Package could not be found', 'id');
    if (method === 'GET') return json(200, now);
    if (method === 'DELETE') {
      this.table.write(id, null, node);
      return empty(204);
    }
    return this.replace(now, body(), node);
  }

  /** A record that was there before, known to every node. */
  add(fields: Readonly<Record<string, unknown>>): PackageRecord {
    const id = this.table.nextId();
    const record = this.recordFrom({ ...leastFields, ...fields }, id);
    this.table.write(id, record, null);
    return record;
  }

  private create(body: Readonly<Record<string, unknown>>, node: number): Answer {
    const refusal = this.refusalOf(body, null);
    if (refusal) return refusal;
    const id = this.table.nextId();
    this.table.write(id, this.recordFrom(body, id), node);
    return this.written(json(201, { id, href: `/api/v1/packages/${id}` }));
  }

  private replace({ id }: PackageRecord, body: Readonly<Record<string, unknown>>, node: number): Answer {
    const refusal = this.refusalOf(body, id);
    if (refusal) return refusal;
    const record = this.recordFrom(body, id);
    this.table.write(id, record, node);
    return this.written(json(200, record));
  }

  private written(answer: Answer): Answer {
    const isLost = this.knobs.dropAfterWrite;
    this.knobs.dropAfterWrite = false;
    return { ...answer, isLost };
  }

  private refusalOf(body: Readonly<Record<string, unknown>>, id: string | null): Answer | null {
    const missing = required.find((field) => body[field] === undefined || body[field] === null);
    if (missing !== undefined) return fault(400, 'REQUIRED', 'Field is required', missing);
    if (!extensions.test(text(body['fileName']))) return fault(400, 'UNSUPPORTED_FILE_TYPE', 'Unsupported file type', 'fileName');
    const priority = Number(body['priority']);
    if (!(Number.isInteger(priority) && priority >= 1 && priority <= 20))
      return fault(400, 'INVALID_VALUE', 'Priority must be between 1 and 20', 'priority');
    const category = text(body['categoryId']);
    if (category !== '-1' && !this.hasCategory(category)) return fault(400, 'INVALID_ID', 'Category does not exist', 'categoryId');
    const others = this.table.settled.filter((other) => other.id !== id);
    const isSame = (one: unknown, other: unknown) => text(one).toLowerCase() === text(other).toLowerCase();
    const taken = ['packageName', 'fileName'].find((field) => others.some((other) => isSame(other[field], body[field])));
    return taken === undefined ? null : fault(400, 'DUPLICATE_FIELD', `duplicate ${taken}`, taken);
  }

  private recordFrom(body: Readonly<Record<string, unknown>>, id: string): PackageRecord {
    const { loses } = this.knobs;
    return this.ofFields(loses === null ? body : { ...body, [loses]: undefined }, id);
  }

  /** Fields that this double does not know are kept, as by a newer Jamf Pro. */
  private ofFields(body: Readonly<Record<string, unknown>>, id: string): PackageRecord {
    return {
      ...body,
      id,
      packageName: text(body['packageName']),
      fileName: text(body['fileName']),
      categoryId: text(body['categoryId']),
      priority: Number(body['priority']),
      ...Object.fromEntries(flags.map((name) => [name, body[name] === true || body[name] === 1])),
      ...Object.fromEntries(optional.map((name) => [name, body[name] ?? null])),
      ...{ size: null, indexed: false, cloudTransferStatus: 'N/A' },
    };
  }
}

const leastFields = {
  ...{ categoryId: '-1', priority: 10, fillUserTemplate: false, rebootRequired: false, osInstall: false, suppressUpdates: false },
  ...{ suppressFromDock: false, suppressEula: false, suppressRegistration: false },
};
