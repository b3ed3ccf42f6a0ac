import type { JamfPointState } from '#libs/entities/jamf-point.entity.js';
import type { DistributionPoint, PointAddress } from '../client/distribution-points.js';
import { addressKey, addressOf, differingFields, type KeptField, keptFields, shownAddress } from './wanted-point.js';

/** A server of the mesh, and what this server remembers of its distribution point. */
export interface PointInput {
  readonly iss: string;
  readonly serverName: string;
  readonly url: string | null;
  readonly managed: boolean;
  /** What a distribution point is called when one is made. */
  readonly name: string;
  readonly context: string;
  /** The distribution point that is kept; null: none so far. */
  readonly known: { readonly jamfId: string; readonly base: PointAddress } | null;
}

export type PlannedPointWrite =
  | { readonly kind: 'create'; readonly name: string; readonly address: PointAddress }
  | { readonly kind: 'update'; readonly id: string; readonly fields: Partial<PointAddress>; readonly address: PointAddress };

export interface PointPlan {
  readonly state: JamfPointState;
  /** A sentence; empty when there is nothing to say. */
  readonly reason: string;
  /** In Jamf Pro; null: there is none, or several. */
  readonly point: DistributionPoint | null;
  /** Where computers are to be led; null: the server has no address for them. */
  readonly wanted: PointAddress | null;
  readonly write: PlannedPointWrite | null;
}

const namesOf = (points: readonly DistributionPoint[]): string => points.map(({ id, name }) => `"${name}" (${id})`).join(', ');

const fieldWords: Readonly<Record<KeptField, string>> = {
  serverName: 'the server name',
  httpsEnabled: 'HTTPS',
  httpsPort: 'the port',
  httpsContext: 'the context',
};
const wordsOf = (fields: readonly KeptField[]): string => fields.map((field) => fieldWords[field]).join(', ');
const only = (fields: readonly KeptField[], from: PointAddress): Partial<PointAddress> =>
  Object.fromEntries(fields.map((field) => [field, from[field]]));

/** Decides what is to be done about the distribution point of each server. Sound for any list of servers: each gets one answer. */
export function planPoints(servers: readonly PointInput[], found: readonly DistributionPoint[]): Map<string, PointPlan> {
  const wanted = new Map(servers.map((server) => [server.iss, server.url === null ? null : addressOf(server.url, server.context)]));
  const byKey = new Map<string, PointInput[]>();
  for (const server of servers) {
    const address = wanted.get(server.iss) ?? null;
    if (!server.managed || address === null) continue;
    byKey.set(addressKey(address), [...(byKey.get(addressKey(address)) ?? []), server]);
  }
  return new Map(
    servers.map((server) => {
      const address = wanted.get(server.iss) ?? null;
      const sharers = address === null ? [] : (byKey.get(addressKey(address)) ?? []);
      const twins = sharers.filter(({ iss }) => iss !== server.iss);
      return [server.iss, planPoint(server, address, twins, found)];
    }),
  );
}

function planPoint(
  server: PointInput,
  wanted: PointAddress | null,
  twins: readonly PointInput[],
  found: readonly DistributionPoint[],
): PointPlan {
  const known = server.known && found.find(({ id }) => id === server.known!.jamfId);
  const say = (state: JamfPointState, reason: string, point: DistributionPoint | null = known ?? null): PointPlan => ({
    ...{ state, reason, point, wanted, write: null },
  });
  if (!server.managed) return say('left_alone', '');
  if (server.url === null) return say('no_url', 'The server has no address. Set one in its settings.');
  if (wanted === null)
    return say('needs_https', `Its address is ${server.url}; computers download from distribution points over HTTPS only.`);
  if (twins.length > 0)
    return say('conflict', `${[server, ...twins].map(({ serverName }) => `"${serverName}"`).join(' and ')} have the same address.`);
  if (server.known === null) return planUnknown(server, wanted, found, say);
  if (!known)
    return say(
      'missing_in_jamf',
      `Distribution point ${server.known.jamfId} was deleted in Jamf Pro. It is not made again until you say so.`,
    );
  return planKnown(known, server.known.base, wanted, say);
}

type Say = (state: JamfPointState, reason: string, point?: DistributionPoint | null) => PointPlan;

function planUnknown({ name }: PointInput, wanted: PointAddress, found: readonly DistributionPoint[], say: Say): PointPlan {
  const matches = found.filter((point) => addressKey(point) === addressKey(wanted));
  const [match, second] = matches;
  if (second !== undefined)
    return say('conflict', `Several distribution points have this address: ${namesOf(matches)}. Delete all but one.`);
  if (match === undefined) {
    const taken = found.find((point) => point.name.toLowerCase() === name.toLowerCase());
    if (taken) return say('conflict', `Another distribution point is called "${name}" (${taken.id}). Give this one another name.`);
    return { ...say('to_create', ''), write: { kind: 'create', name, address: wanted } };
  }
  if (!match.httpsEnabled) return say('edited', `HTTPS is switched off in "${match.name}" (${match.id}).`, match);
  return say('in_step', '', match); // taken over as it is
}

function planKnown(point: DistributionPoint, base: PointAddress, wanted: PointAddress, say: Say): PointPlan {
  const changed = differingFields(point, wanted);
  const edited = changed.filter((field) => differingFields(point, base).includes(field));
  if (edited.length > 0) {
    const now = point.httpsEnabled ? shownAddress(point) : 'without HTTPS';
    return say('edited', `In Jamf Pro ${wordsOf(edited)} was changed: it is ${now} there, and would be ${shownAddress(wanted)}.`);
  }
  if (changed.length === 0) return say('in_step', '');
  const write = { kind: 'update', id: point.id, fields: only(changed, wanted), address: wanted } as const;
  return { ...say('to_update', `It leads to ${shownAddress(point)}; the server is at ${shownAddress(wanted)}.`), write };
}

/** What is remembered of a distribution point: only the fields that are kept. */
export const baseOf = (point: PointAddress): PointAddress => only(keptFields, point) as PointAddress;
