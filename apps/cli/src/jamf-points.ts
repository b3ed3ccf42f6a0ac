import type { AdminApi } from './admin-api.js';
import { EXIT, type Exit } from './failures.js';
import { say, sayTable } from './screen.js';

interface Points {
  readonly items: readonly {
    readonly server: string;
    readonly state: string;
    readonly reason: string;
    readonly name: string | null;
    readonly address: string | null;
  }[];
  readonly compared_ts: number | null;
  readonly fault: string | null;
}

interface Networks {
  readonly items: readonly {
    readonly name: string;
    readonly start: string;
    readonly end: string;
    readonly distribution_point: string | null;
    readonly server: string | null;
  }[];
  readonly problems: readonly { readonly sentence: string }[];
  readonly which: { readonly iss: string | null; readonly sentence: string } | null;
  readonly read_ts: number | null;
  readonly fault: string | null;
}

/** States of a distribution point in which nothing has to be done. */
const quiet = ['in_step', 'left_alone'];

export const dateOf = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const sayAge = (what: string, at: number | null, fault: string | null): void => {
  say(at === null ? `${what} were not read yet.` : `${what} as of ${dateOf(at)}:`);
  if (fault !== null) say(`They could not be read the last time: ${fault}`);
};

/** `ods jamf points`: ends with 1 when a distribution point is not as it should be, or that is not known. */
export async function points(server: AdminApi, isJson: boolean): Promise<Exit> {
  const found = await server.get<Points>('jamf/distribution_points');
  if (isJson) say(JSON.stringify(found));
  else {
    sayAge('Distribution points', found.compared_ts, found.fault);
    sayTable(
      ['SERVER', 'STATE', 'IN JAMF PRO', 'ADDRESS', 'WHAT'],
      found.items.map(({ server: name, state, name: point, address, reason }) => [name, state, point ?? '-', address ?? '-', reason]),
    );
  }
  const isWell = found.compared_ts !== null && found.fault === null && found.items.every(({ state }) => quiet.includes(state));
  return isWell ? EXIT.done : EXIT.refused;
}

/** `ods jamf networks [IP]`: with an address, ends with 1 when it is no server of the mesh, or not known which. */
export async function networks(server: AdminApi, ip: string | undefined, isJson: boolean): Promise<Exit> {
  const query = ip === undefined ? '' : `?${new URLSearchParams({ ip }).toString()}`;
  const { which, ...found } = await server.get<Networks>(`jamf/networks${query}`);
  if (isJson) say(JSON.stringify({ ...found, which }));
  else if (ip === undefined || which === null) {
    sayAge('Network segments', found.read_ts, found.fault);
    sayTable(
      ['NETWORK SEGMENT', 'FROM', 'TO', 'DISTRIBUTION POINT', 'SERVER'],
      found.items.map(({ name, start, end, distribution_point, server: at }) => [name, start, end, distribution_point ?? '-', at ?? '-']),
    );
    for (const { sentence } of found.problems) say(`  ${sentence}`);
  } else say(`${which.sentence} Network segments as of ${dateOf(found.read_ts!)}.`);
  if (ip !== undefined) return which?.iss ? EXIT.done : EXIT.refused;
  return found.read_ts !== null && found.fault === null ? EXIT.done : EXIT.refused;
}
