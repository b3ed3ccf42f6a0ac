import { shownText } from '#libs/replication/plain-text.js';
import type { JamfClient } from './jamf-client.js';
import { JamfFault } from './jamf-fault.js';
import { allOf, pageOf } from './list-pages.js';

const PATH = '/api/v1/distribution-points';
const LIST = { path: PATH, privilege: 'Read Distribution Points', what: 'distribution points' };

/** The fields of a distribution point that lead computers to a server. */
export interface PointAddress {
  readonly serverName: string;
  readonly httpsEnabled: boolean;
  readonly httpsPort: number;
  readonly httpsContext: string;
}

/** A distribution point of Jamf Pro (API `/v1/distribution-points`, Jamf Pro 11.16 and later). */
export interface DistributionPoint extends PointAddress {
  readonly id: string;
  readonly name: string;
  readonly principal: boolean;
}

/** As every database takes it. */
const text = (value: unknown, length: number): string => (typeof value === 'string' ? shownText(value.slice(0, length)) : '');

/** `share` of `/share/`: slashes around a context mean nothing. */
export const plainContext = (context: string): string => context.replace(/^\/+|\/+$/g, '');

function pointOf(value: unknown): DistributionPoint {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { id, name, serverName, httpsPort } = fields;
  if (typeof id !== 'string' || !/^\d{1,15}$/.test(id) || typeof name !== 'string' || typeof serverName !== 'string')
    throw new JamfFault('unreadable', 'Jamf Pro listed a distribution point without its id, name or server name.');
  return {
    ...{ id, name: text(name, 255), serverName: text(serverName, 253), principal: fields['principal'] === true },
    httpsEnabled: fields['httpsEnabled'] === true,
    httpsPort: typeof httpsPort === 'number' && Number.isInteger(httpsPort) ? httpsPort : 443,
    httpsContext: plainContext(text(fields['httpsContext'], 400)),
  };
}

/** The distribution points of one Jamf Pro server. */
export class DistributionPoints {
  constructor(private readonly client: JamfClient) {}

  /** All of them. Throws JamfFault. */
  list(): Promise<DistributionPoint[]> {
    return allOf(this.client, { ...LIST, itemOf: pointOf });
  }

  /** The first page only: whether they may be read. Throws JamfFault. */
  async requireReadable(): Promise<void> {
    await pageOf(this.client, { ...LIST, itemOf: pointOf }, 0, 1);
  }

  async get(id: string): Promise<DistributionPoint> {
    return pointOf(await this.client.call({ method: 'GET', path: `${PATH}/${id}`, privilege: LIST.privilege }));
  }

  /**
   * A new one for HTTPS only, without sign-in. A POST is never repeated blindly: whoever calls looks the list through before the next.
   * Answers its id.
   */
  async create(name: string, address: PointAddress): Promise<string> {
    const body = { name, ...address, fileSharingConnectionType: 'NONE', httpsSecurityType: 'NONE', principal: false };
    const { id } = await this.client.call({ method: 'POST', path: PATH, body, privilege: 'Create Distribution Points' });
    if (typeof id === 'string' || typeof id === 'number') return String(id);
    throw new JamfFault('unreadable', 'Jamf Pro did not say the id of a new distribution point.');
  }

  /** Only these fields: the others stay as they are (RFC 7396). */
  async change(id: string, fields: Partial<PointAddress>): Promise<void> {
    await this.client.send({ method: 'PATCH', path: `${PATH}/${id}`, body: fields, privilege: 'Update Distribution Points' });
  }
}
