import { shownText } from '#libs/replication/plain-text.js';
import type { JamfClient } from './jamf-client.js';
import { JamfFault } from './jamf-fault.js';

/** A network segment of Jamf Pro. Only the Classic API has them. */
export interface NetworkSegment {
  readonly id: string;
  readonly name: string;
  readonly startingAddress: string;
  readonly endingAddress: string;
  readonly building: string | null;
  /** The name of its default distribution point. */
  readonly pointName: string | null;
}

const PATH = '/JSSResource/networksegments';
const privilege = 'Read Network Segments';
/** Each costs a request. */
const MOST = 2_000;
const AT_ONCE = 20;

const plain = (text: string, length: number): string => shownText(text.slice(0, length));
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? plain(value, 255) : null);

function idsIn(list: unknown): string[] {
  if (!Array.isArray(list)) throw new JamfFault('unreadable', 'Jamf Pro gave no list of network segments.');
  if (list.length > MOST) throw new JamfFault('unreadable', `Jamf Pro has ${list.length} network segments; at most ${MOST} are read.`);
  return list.map((each: unknown) => {
    const { id } = (each ?? {}) as { id?: unknown };
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
      throw new JamfFault('unreadable', 'A network segment has no number.');
    return String(id);
  });
}

function segmentOf(id: string, value: unknown): NetworkSegment {
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const [startingAddress, endingAddress] = [fields['starting_address'], fields['ending_address']];
  if (typeof startingAddress !== 'string' || typeof endingAddress !== 'string')
    throw new JamfFault('unreadable', `Network segment ${id} has no addresses.`);
  return {
    ...{
      id,
      name: textOrNull(fields['name']) ?? id,
      startingAddress: plain(startingAddress, 45),
      endingAddress: plain(endingAddress, 45),
    },
    ...{ building: textOrNull(fields['building']), pointName: textOrNull(fields['distribution_point']) },
  };
}

const idsOf = async (client: JamfClient): Promise<string[]> =>
  idsIn((await client.call({ method: 'GET', path: PATH, privilege }))['network_segments']);

/** How many there are. Throws JamfFault. */
export const countNetworkSegments = async (client: JamfClient): Promise<number> => (await idsOf(client)).length;

/** All of them, each with its distribution point; one that was deleted meanwhile is left out. Throws JamfFault. */
export async function listNetworkSegments(client: JamfClient): Promise<NetworkSegment[]> {
  const ids = await idsOf(client);
  const found: (NetworkSegment | null)[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE)
    found.push(...(await Promise.all(ids.slice(at, at + AT_ONCE).map((id) => segmentWith(client, id)))));
  return found.filter((segment) => segment !== null);
}

async function segmentWith(client: JamfClient, id: string): Promise<NetworkSegment | null> {
  try {
    return segmentOf(id, (await client.call({ method: 'GET', path: `${PATH}/id/${id}`, privilege }))['network_segment']);
  } catch (error) {
    if (error instanceof JamfFault && error.kind === 'not_found') return null;
    throw error;
  }
}
