import type { JamfClient } from './jamf-client.js';
import { JamfFault } from './jamf-fault.js';
import { allOf, pageOf } from './list-pages.js';
import { isOfFile, type PackageRecord, recordOf, type RecordFields } from './package-record.js';

const PATH = '/api/v1/packages';
const LIST = { path: PATH, privilege: 'Read Packages', what: 'package records' };
/** A node of the cluster that did not see a write yet answers 404. */
const SETTLING_MS = [500, 1_000, 2_000, 4_000];

/** The package records of one Jamf Pro server (API `/v1/packages`, Jamf Pro 11.5 and later). */
export class PackageRecords {
  constructor(private readonly client: JamfClient) {}

  /** All of them. Throws JamfFault, also when the list ends before the number that it announces. */
  list(): Promise<PackageRecord[]> {
    return this.pages({});
  }

  /** The first page only: whether records may be read. */
  async requireReadable(): Promise<void> {
    await pageOf(this.client, { ...LIST, itemOf: recordOf }, 0, 1);
  }

  async get(id: string): Promise<PackageRecord> {
    return recordOf(await this.client.call({ method: 'GET', path: `${PATH}/${id}`, privilege: 'Read Packages' }));
  }

  /** The whole object: what is left out becomes the default in Jamf Pro. */
  async replace(id: string, fields: RecordFields): Promise<void> {
    await this.client.call({ method: 'PUT', path: `${PATH}/${id}`, body: fields, privilege: 'Update Packages' });
  }

  /**
   * The new record, as Jamf Pro has it afterwards; or the one that has the file name already, as after a POST whose answer was lost. A POST
   * is never repeated blindly.
   */
  async create(fields: RecordFields & { readonly fileName: string }): Promise<PackageRecord> {
    try {
      const { id } = await this.client.call({ method: 'POST', path: PATH, body: fields, privilege: 'Create Packages' });
      if (typeof id !== 'string' && typeof id !== 'number')
        throw new JamfFault('unreadable', 'Jamf Pro did not say the id of a new record.');
      return await this.getSettled(String(id));
    } catch (error) {
      const mayBeThere = error instanceof JamfFault && (error.isPassing || error.kind === 'rejected');
      const found = mayBeThere ? await this.find(fields.fileName) : null;
      if (found === null) throw error;
      return found;
    }
  }

  /** The record with this file name; null for none. Asks with a filter first, and where that finds none looks through the whole list. */
  async find(filename: string): Promise<PackageRecord | null> {
    const quoted = filename.replace(/[\\"]/g, (sign) => `\\${sign}`).replaceAll('*', '\\*');
    const filtered = await this.pages({ filter: `fileName=="${quoted}"` });
    const found = filtered.find((record) => isOfFile(record, filename));
    return found ?? (await this.list()).find((record) => isOfFile(record, filename)) ?? null;
  }

  private async getSettled(id: string): Promise<PackageRecord> {
    for (const waitMs of SETTLING_MS) {
      try {
        return await this.get(id);
      } catch (error) {
        if (!(error instanceof JamfFault) || error.kind !== 'not_found') throw error;
        await this.client.wait(waitMs);
      }
    }
    return this.get(id);
  }

  private pages(query: Readonly<Record<string, string>>): Promise<PackageRecord[]> {
    return allOf(this.client, { ...LIST, query, itemOf: recordOf });
  }
}
