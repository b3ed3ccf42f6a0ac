import type { AboutDto, NetworkDto, PeerDto, SystemDto } from '#libs/api-client';
import type { Status } from '../packages/status-words';
import type { ChipTone } from '../shared/chip';
import { bytes } from '../shared/format';

/** What the overview is computed from. What is not known yet, or not for this role, is null. */
export interface Facts {
  readonly about: AboutDto | null;
  readonly peers: readonly PeerDto[];
  /** Every server of the mesh, registered here or not: the one source of what is said of them. */
  readonly network: NetworkDto;
  readonly system: SystemDto | null;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly held: number;
}

/** Something that needs attention, with a link to its page. */
export interface Finding {
  readonly tone: ChipTone;
  readonly text: string;
  readonly link: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly action: string;
}

/** Part of the disk below which its space is worth a word. */
const LITTLE = 0.1;
const packages = (count: number): string => (count === 1 ? $localize`1 package` : $localize`${count} packages`);
const show = $localize`Show`;

/** What needs attention, the worst first. Nothing found means healthy. */
export function findingsOf(facts: Facts): Finding[] {
  const rank: readonly ChipTone[] = ['bad', 'warn', 'busy', 'plain', 'good'];
  const found = [...aboutNetwork(facts), ...aboutPackages(facts.counts), ...aboutDisk(facts.system), ...aboutSelf(facts)];
  return found.sort((a, b) => rank.indexOf(a.tone) - rank.indexOf(b.tone));
}

const toneOf: Readonly<Record<NetworkDto['servers'][number]['status'], ChipTone | null>> = {
  in_sync: null,
  catching_up: 'busy',
  unknown: 'warn',
  silent: 'bad',
  unreachable: 'bad',
};

/** Servers that are not in sync, with the reason as the Network page has it; paused ones; and notices about the network. */
function aboutNetwork({ network, peers }: Facts): Finding[] {
  const to = { link: '/network', action: show };
  const paused = new Set(peers.filter(({ status }) => status === 'paused').map(({ iss }) => iss));
  const servers = network.servers.flatMap(({ iss, name, relation, status, sentence }): Finding[] => {
    if (paused.has(iss))
      return [{ ...to, tone: 'plain', text: $localize`${name} is paused: nothing is sent there or fetched from there.` }];
    const tone = toneOf[status];
    return tone === null || relation === 'self' ? [] : [{ ...to, tone, text: sentence }];
  });
  const notices = network.notices.filter(({ severity }) => severity === 'problem');
  const unencrypted = peers
    .filter((peer) => peer.unencrypted)
    .map(({ name }): Finding => ({
      ...to,
      tone: 'warn',
      text: $localize`The line to ${name} is not encrypted: its URL begins with http://.`,
    }));
  return [...servers, ...unencrypted, ...notices.map(({ sentence }): Finding => ({ ...to, tone: 'bad', text: sentence }))];
}

/** When the oldest report came that "in sync" rests on, as Unix time; null when no other server is in sync. */
export function oldestReport({ servers }: NetworkDto): number | null {
  const times = servers
    .filter(({ relation, status }) => relation !== 'self' && status === 'in_sync')
    .map(({ last_heard_ts }) => last_heard_ts);
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function aboutPackages(counts: Facts['counts']): Finding[] {
  const sentences: readonly [Status, ChipTone, (count: number) => string][] = [
    ['Quarantined', 'bad', (count) => $localize`${packages(count)}\: damaged on disk and not served; fetched again automatically.`],
    ['Failed', 'bad', (count) => $localize`${packages(count)}\: could not be fetched.`],
    ['Waiting', 'warn', (count) => $localize`${packages(count)}\: waiting for a server or for room.`],
    ['Downloading', 'busy', (count) => $localize`${packages(count)}\: on the way here.`],
  ];
  return sentences.flatMap(([status, tone, sentence]): Finding[] => {
    const count = counts[status] ?? 0;
    if (count === 0) return [];
    const isMoving = status !== 'Quarantined';
    return [{ tone, text: sentence(count), link: isMoving ? '/activity' : '/packages', query: isMoving ? {} : { status }, action: show }];
  });
}

function aboutDisk(system: SystemDto | null): Finding[] {
  if (system?.disk_free == null || system.disk_total == null || system.disk_free > system.disk_total * LITTLE) return [];
  const text = $localize`Only ${bytes(system.disk_free)} of disk space are free on this server.`;
  return [{ tone: 'warn', text, link: '/packages', query: { sort: '-size' }, action: $localize`Largest packages` }];
}

function aboutSelf({ about, held }: Facts): Finding[] {
  const found: Finding[] = [];
  if (held > 0)
    found.push({
      tone: 'bad',
      text: $localize`${packages(held)}\: other servers deleted so many at once that this one asks first.`,
      link: '/held',
      action: $localize`Decide`,
    });
  if (about && !about.url && !about.firewalled_mode)
    found.push({
      tone: 'plain',
      text: $localize`Other servers cannot reach this one, because its URL is not set.`,
      link: '/admin',
      action: $localize`Set it`,
    });
  return found;
}
