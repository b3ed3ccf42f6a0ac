import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { NetworkDto, NetworkLinkDto, NetworkServerDto } from '#libs/api-client';

export interface Spot {
  readonly iss: string;
  /** The whole name, for the pointer. */
  readonly title: string;
  /** What is written beside it; empty where names would touch. */
  readonly label: string;
  readonly status: NetworkServerDto['status'];
  readonly isPeer: boolean;
  readonly x: number;
  readonly y: number;
  /** Where its name stands: beside it, away from the middle. */
  readonly anchor: 'start' | 'middle' | 'end';
  readonly labelX: number;
  readonly labelY: number;
}

type Shown = Pick<NetworkServerDto, 'iss' | 'name' | 'status' | 'relation'>;

const CENTRE = { x: 360, y: 180 };
const LONGEST_NAME = 15;
/** More than this on one ring and names would touch. */
const MOST_ON_A_RING = 16;
/** More than this and only those that need a look have their names. */
const MOST_LABELS = 24;
const one = [{ rx: 180, ry: 120 }] as const;
const two = [one[0], { rx: 235, ry: 152 }] as const;
const three = [...two, { rx: 125, ry: 82 }] as const;
/** Servers that are known through other servers stand further out than those that are registered here. */
const inner = [
  { rx: 115, ry: 75 },
  { rx: 150, ry: 99 },
] as const;
const outer = [
  { rx: 205, ry: 132 },
  { rx: 245, ry: 155 },
] as const;

const shortened = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

/** In the order in which one walks along the links: servers that are registered with each other stand side by side. */
export function walk<T extends Pick<Shown, 'iss'>>(servers: readonly T[], links: readonly NetworkLinkDto[]): T[] {
  const byIss = new Map(servers.map((server) => [server.iss, server]));
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of links) {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  }
  const seen = new Set<string>();
  const waiting = servers.map(({ iss }) => iss).reverse();
  for (let iss = waiting.pop(); iss !== undefined; iss = waiting.pop()) {
    if (seen.has(iss) || !byIss.has(iss)) continue;
    seen.add(iss);
    waiting.push(...(neighbours.get(iss) ?? []).filter((other) => !seen.has(other)));
  }
  return [...seen].map((iss) => byIss.get(iss)!);
}

/** Places for the other servers around this one, in rings. */
export function layOut(servers: readonly Shown[]): Spot[] {
  const isCrowded = servers.length > MOST_ON_A_RING;
  const hasStrangers = servers.some(({ relation }) => relation === 'known');
  const ringsOf = ({ relation }: Shown): readonly { rx: number; ry: number }[] => {
    if (!hasStrangers) return isCrowded ? three : one;
    const rings = relation === 'known' ? outer : inner;
    return isCrowded ? rings : rings.slice(0, 1);
  };
  return servers.map((server, index) => {
    const { iss, name, status, relation } = server;
    const angle = (2 * Math.PI * index) / (hasStrangers ? Math.max(3, servers.length) : servers.length);
    const rings = ringsOf(server);
    const { rx, ry } = rings[index % rings.length]!;
    const [x, y] = [CENTRE.x + rx * Math.cos(angle), CENTRE.y + ry * Math.sin(angle)];
    const side = Math.abs(Math.cos(angle)) < 0.2 ? 0 : Math.sign(Math.cos(angle));
    return {
      iss,
      title: name,
      label: servers.length > MOST_LABELS && status === 'in_sync' ? '' : shortened(name),
      status,
      isPeer: relation === 'peer',
      x,
      y,
      anchor: side === 0 ? 'middle' : side > 0 ? 'start' : 'end',
      labelX: x + side * 13,
      labelY: y + (side === 0 ? (Math.sin(angle) < 0 ? -13 : 22) : 4),
    };
  });
}

type Point = Readonly<Record<'x' | 'y', number>>;

const straight = (a: Point, b: Point): string => `M${a.x} ${a.y}L${b.x} ${b.y}`;

/** Away from the middle, so that it does not seem to go through it. */
function bent(a: Point, b: Point): string {
  const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2];
  return `M${a.x} ${a.y}Q${x + (x - CENTRE.x) * 0.4} ${y + (y - CENTRE.y) * 0.4} ${b.x} ${b.y}`;
}

/** This server in the middle, and all that is known of the network around it. The table below says the same in words. */
@Component({
  selector: 'ods-topology',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './topology.html',
  styleUrl: './topology.scss',
})
export class Topology {
  readonly mesh = input.required<NetworkDto>();

  protected readonly centre = CENTRE;
  protected readonly self = computed(() => this.mesh().servers.find(({ relation }) => relation === 'self'));
  protected readonly spots = computed(() => {
    const { servers, links } = this.mesh();
    return layOut(walk(servers, links).filter(({ relation }) => relation !== 'self'));
  });
  protected readonly lines = computed(() => {
    const ends = new Map<string, { x: number; y: number; status?: Spot['status'] }>(this.spots().map((spot) => [spot.iss, spot]));
    const own = this.self()?.iss;
    if (own !== undefined) ends.set(own, CENTRE);
    return this.mesh().links.flatMap(({ from, to }) => {
      const [a, b] = [ends.get(from), ends.get(to)];
      // How things are between two others is not known here.
      const status = from === own ? b?.status : to === own ? a?.status : undefined;
      return a && b ? [{ id: from + to, path: status ? straight(a, b) : bent(a, b), status: status ?? 'others' }] : [];
    });
  });
  /** No higher than what is in it. */
  protected readonly frame = computed(() => {
    const heights = [CENTRE.y, ...this.spots().map(({ y }) => y)];
    const [top, bottom] = [Math.min(...heights) - 34, Math.max(...heights) + 44];
    return `0 ${top} 720 ${bottom - top}`;
  });
  protected readonly summary = computed(() => {
    const { servers, totals } = this.mesh();
    const registered = servers.filter(({ relation }) => relation === 'peer').length;
    return $localize`${this.self()?.name} in the middle, registered with ${registered} of ${totals.servers - 1} other servers of the network; ${totals.in_sync} of all ${totals.servers} are in sync.`;
  });
}
