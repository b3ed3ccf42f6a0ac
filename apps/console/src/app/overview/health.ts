import type { AboutDto, PeerDto, SystemDto } from '#libs/api-client';
import type { Status } from '../packages/status-words';
import type { ChipTone } from '../shared/chip';

/** What the overview judges. What is not known yet, or not for this role, is null. */
export interface Facts {
  readonly about: AboutDto | null;
  readonly peers: readonly PeerDto[];
  readonly system: SystemDto | null;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly held: number;
}

/** Something that somebody should know of, and where to go for it. */
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
const look = $localize`Look`;

/** What needs attention, the worst first. Nothing found means that all is well. */
export function findingsOf(facts: Facts): Finding[] {
  const rank: readonly ChipTone[] = ['bad', 'warn', 'busy', 'plain', 'good'];
  const found = [...aboutServers(facts.peers), ...aboutPackages(facts.counts), ...aboutDisk(facts.system), ...aboutSelf(facts)];
  return found.sort((a, b) => rank.indexOf(a.tone) - rank.indexOf(b.tone));
}

function aboutServers(peers: readonly PeerDto[]): Finding[] {
  const to = { link: '/network', action: look };
  return peers.flatMap(({ name, status, last_error, lag }): Finding[] => {
    switch (status) {
      case 'unreachable':
        return [{ ...to, tone: 'bad', text: [$localize`${name} does not answer.`, last_error ?? ''].join(' ').trim() }];
      case 'unknown':
        return [{ ...to, tone: 'warn', text: $localize`${name} has not been heard of lately.` }];
      case 'paused':
        return [{ ...to, tone: 'plain', text: $localize`${name} is paused: nothing goes there or comes from there.` }];
      case 'connected':
        return lag === 0 ? [] : [{ ...to, tone: 'busy', text: $localize`${name} is being told of ${lag} changes.` }];
    }
  });
}

function aboutPackages(counts: Facts['counts']): Finding[] {
  const sentences: readonly [Status, ChipTone, (count: number) => string][] = [
    ['Quarantined', 'bad', (count) => $localize`${packages(count)}\: damaged on disk and offline; fetched again by itself.`],
    ['Failed', 'bad', (count) => $localize`${packages(count)}\: could not be fetched.`],
    ['Waiting', 'warn', (count) => $localize`${packages(count)}\: waiting for a server or for room.`],
    ['Downloading', 'busy', (count) => $localize`${packages(count)}\: on the way here.`],
  ];
  return sentences.flatMap(([status, tone, sentence]): Finding[] => {
    const count = counts[status] ?? 0;
    if (count === 0) return [];
    const isMoving = status !== 'Quarantined';
    return [{ tone, text: sentence(count), link: isMoving ? '/activity' : '/packages', query: isMoving ? {} : { status }, action: look }];
  });
}

function aboutDisk(system: SystemDto | null): Finding[] {
  if (system?.disk_free == null || system.disk_total == null || system.disk_free > system.disk_total * LITTLE) return [];
  const text = $localize`Only ${system.disk_free_hr ?? ''} of disk space are free on this server.`;
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
