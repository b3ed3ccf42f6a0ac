import type { NetworkServerDto, PackageAtServerDto } from '#libs/api-client';
import type { ChipTone } from '../shared/chip';

/** How a server of the network is doing, in a word; its sentence stands beside it. */
export const conditionWords: Readonly<Record<NetworkServerDto['status'], readonly [ChipTone, string]>> = {
  in_sync: ['good', $localize`In sync`],
  catching_up: ['busy', $localize`Catching up`],
  unreachable: ['bad', $localize`Unreachable`],
  silent: ['warn', $localize`Silent`],
  unknown: ['warn', $localize`Not known yet`],
};

/** What a notice about the whole network is about. */
export const noticeWords: Readonly<Record<string, string>> = {
  clock: $localize`Clock`,
  repair: $localize`Repaired`,
  identity: $localize`Two servers, one identity`,
};

/** What a server has of a package, in a word. */
export const holdingWords: Readonly<Record<PackageAtServerDto['state'], readonly [ChipTone, string]>> = {
  held: ['good', $localize`Here`],
  on_its_way: ['busy', $localize`On its way`],
  missing: ['bad', $localize`Missing`],
  not_wanted: ['plain', $localize`Not wanted`],
  unknown: ['warn', $localize`Not known`],
};

const worstFirst: readonly PackageAtServerDto['state'][] = ['missing', 'on_its_way', 'unknown', 'held', 'not_wanted'];

/** Servers with something to say first. */
export const byUrgency = (places: readonly PackageAtServerDto[]): PackageAtServerDto[] =>
  [...places].sort((one, other) => worstFirst.indexOf(one.state) - worstFirst.indexOf(other.state));

/** This server first, then those that are not in sync; the rest as they come. */
export const troubledFirst = (servers: readonly NetworkServerDto[]): NetworkServerDto[] => {
  const rank = ({ relation, status }: NetworkServerDto): number => (relation === 'self' ? 0 : status === 'in_sync' ? 2 : 1);
  return [...servers].sort((one, other) => rank(one) - rank(other));
};
