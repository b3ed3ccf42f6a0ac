import { plainContext, type PointAddress } from '../client/distribution-points.js';

/** The context that a server answers at whatever else is set. */
export const USUAL_CONTEXT = 'share';

/** The fields of a distribution point that this server keeps, once it is kept from here. */
export const keptFields = ['serverName', 'httpsEnabled', 'httpsPort', 'httpsContext'] as const;
export type KeptField = (typeof keptFields)[number];

/** `https` and `http` addresses of servers; null: no distribution point can lead there, because computers use HTTPS. */
export function addressOf(url: string, context: string): PointAddress | null {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'https:') return null;
  return { serverName: hostname, httpsEnabled: true, httpsPort: port === '' ? 443 : Number(port), httpsContext: plainContext(context) };
}

export const shownAddress = ({ serverName, httpsPort, httpsContext }: PointAddress): string =>
  `https://${serverName}${httpsPort === 443 ? '' : `:${httpsPort}`}/${httpsContext}`;

/** Two distribution points with one key lead to the same place. */
export const addressKey = ({ serverName, httpsPort, httpsContext }: PointAddress): string =>
  `${serverName.toLowerCase()}:${httpsPort}/${plainContext(httpsContext)}`;

const plain = (field: KeptField, value: PointAddress[KeptField]): unknown =>
  field === 'serverName' ? String(value).toLowerCase() : field === 'httpsContext' ? plainContext(String(value)) : value;

/** The fields in which two addresses differ. */
export const differingFields = (one: PointAddress, other: PointAddress): KeptField[] =>
  keptFields.filter((field) => plain(field, one[field]) !== plain(field, other[field]));
