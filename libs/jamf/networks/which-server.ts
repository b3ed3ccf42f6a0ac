import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';
import type { JamfForeignPoint, JamfNetwork, JamfPoint } from '#libs/entities/jamf-point.entity.js';

/** What there is in Jamf Pro, as it was last read. */
export interface JamfSites {
  readonly networks: readonly JamfNetwork[];
  readonly points: readonly JamfPoint[];
  readonly foreign: readonly JamfForeignPoint[];
}

/** A network segment, and whose distribution point it names. */
export interface Site {
  readonly network: JamfNetwork;
  /** The server of the mesh; null: the distribution point is none of ours, or there is none. */
  readonly point: JamfPoint | null;
}

/**
 * no_point: no distribution point is set. foreign_point: it belongs to no server of the mesh. unknown_point: Jamf Pro lists none of that name. server_gone: its server is
 * not known any more. overlap: another segment has some of the addresses too. unreadable: the addresses are none.
 */
export const siteProblems = ['no_point', 'foreign_point', 'unknown_point', 'server_gone', 'overlap', 'unreadable'] as const;
export type SiteProblemKind = (typeof siteProblems)[number];

export interface SiteProblem {
  readonly kind: SiteProblemKind;
  readonly network: JamfNetwork;
  /** For administrators. */
  readonly sentence: string;
}

/** Where a computer with one address downloads from. */
export interface WhichServer {
  readonly sites: readonly Site[];
  /** Null: none of the mesh, or not known which. */
  readonly point: JamfPoint | null;
  readonly sentence: string;
}

interface Range {
  readonly network: JamfNetwork;
  readonly bits: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Version and number of an address; null for what is none. */
function parsed(address: string): { readonly bits: number; readonly value: bigint } | null {
  if (isIP(address) === 0) return null; // ipaddr.js takes 10.1 too
  const bytes = ipaddr.process(address).toByteArray();
  return { bits: bytes.length * 8, value: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) };
}

function rangeOf(network: JamfNetwork): Range | null {
  const [first, last] = [parsed(network.startingAddress), parsed(network.endingAddress)];
  if (first === null || last === null || first.bits !== last.bits || first.value > last.value) return null;
  return { network, bits: first.bits, first: first.value, last: last.value };
}

const isSame = (one: string | null, other: string | null): boolean => one !== null && one.toLowerCase() === other?.toLowerCase();

export const sitesOf = ({ networks, points }: JamfSites): Site[] =>
  networks.map((network) => ({ network, point: points.find(({ pointName }) => isSame(pointName, network.pointName)) ?? null }));

/** What an administrator may want to mend in Jamf Pro. */
export function problemsOf(sites: JamfSites): SiteProblem[] {
  const own = sitesOf(sites)
    .map((site) => problemOf(site, sites.foreign))
    .filter((problem) => problem !== null);
  return [...own, ...overlapsOf(sites.networks)];
}

function problemOf({ network, point }: Site, foreign: readonly JamfForeignPoint[]): SiteProblem | null {
  const say = (kind: SiteProblemKind, sentence: string): SiteProblem => ({ kind, network, sentence });
  if (rangeOf(network) === null) return say('unreadable', `"${network.name}" has no range of addresses.`);
  if (network.pointName === null)
    return say('no_point', `"${network.name}" has no distribution point: its computers use the principal one.`);
  if (point?.state === 'server_gone')
    return say('server_gone', `"${network.name}" uses "${network.pointName}", whose server is not known here any more.`);
  if (point !== null) return null;
  if (foreign.some(({ name }) => isSame(name, network.pointName)))
    return say('foreign_point', `"${network.name}" uses "${network.pointName}", which is no server of the mesh.`);
  return say('unknown_point', `"${network.name}" uses "${network.pointName}", which Jamf Pro does not list.`);
}

/** One for each segment that begins inside another: sorted by the beginning, only the farthest end so far has to be looked at. */
function overlapsOf(networks: readonly JamfNetwork[]): SiteProblem[] {
  const ranges = networks.map(rangeOf).filter((range) => range !== null);
  ranges.sort((one, other) => one.bits - other.bits || (one.first < other.first ? -1 : one.first > other.first ? 1 : 0));
  const problems: SiteProblem[] = [];
  let farthest: Range | null = null;
  for (const range of ranges) {
    if (farthest !== null && farthest.bits === range.bits && range.first <= farthest.last) {
      const sentence = `"${range.network.name}" and "${farthest.network.name}" have addresses in common.`;
      problems.push({ kind: 'overlap', network: range.network, sentence });
    }
    if (farthest === null || farthest.bits !== range.bits || range.last > farthest.last) farthest = range;
  }
  return problems;
}

/** Which server a computer with this address uses; null: it is no address. */
export function whichServer(address: string, sites: JamfSites): WhichServer | null {
  const asked = parsed(address);
  if (asked === null) return null;
  const isIn = (range: Range | null) => range?.bits === asked.bits && range.first <= asked.value && asked.value <= range.last;
  const found = sitesOf(sites).filter(({ network }) => isIn(rangeOf(network)));
  const names = new Set(found.map(({ network }) => network.pointName?.toLowerCase() ?? null));
  const [site] = found;
  const answer = (point: JamfPoint | null, sentence: string): WhichServer => ({ sites: found, point, sentence });
  if (site === undefined) return answer(null, `No network segment contains ${address}: the computer uses ${principalOf(sites)}.`);
  if (names.size > 1) {
    const segments = found.map(({ network }) => `"${network.name}"`).join(' and ');
    return answer(
      null,
      `${segments} contain ${address} and have different distribution points. Which one Jamf Pro chooses is not known here.`,
    );
  }
  const { network, point } = site;
  if (network.pointName === null)
    return answer(null, `"${network.name}" has no distribution point: the computer uses ${principalOf(sites)}.`);
  const where = point === null ? ', which is no server of the mesh' : `, which is the server "${point.serverName}"`;
  return answer(point, `"${network.name}" contains ${address} and uses "${network.pointName}"${where}.`);
}

const principalOf = ({ foreign }: JamfSites): string => {
  const principal = foreign.find((point) => point.principal);
  return principal === undefined ? 'the principal distribution point' : `the principal distribution point, "${principal.name}"`;
};
