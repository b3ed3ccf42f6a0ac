import { Injectable } from '@angular/core';
import { listPackageServers, type PackageServersDto } from '#libs/api-client';
import { byName } from './addressing';
import { Follower } from './follower';

type Spread = Pick<PackageServersDto, 'status' | 'sentence' | 'servers'>;

const isArriving = ({ state }: Spread['servers'][number]): boolean => state === 'on_its_way' || state === 'missing';

/** `It is on 1 of 3 servers. Oslo 84 %, Rome 0 %.` */
export function spreadWords({ sentence, servers }: Spread): string {
  const parts = servers.filter(isArriving).map(({ name, percent }) => (percent === null ? name : `${name} ${Math.floor(percent)} %`));
  return parts.length === 0 ? sentence : $localize`${sentence} On the way\: ${parts.join(', ')}.`;
}

/** How far packages are that were uploaded here, until each is on the last server. */
@Injectable({ providedIn: 'root' })
export class SpreadFollower extends Follower<Spread> {
  wordsFor(filename: string): string | null {
    const spread = this.knownOf(filename);
    return spread ? spreadWords(spread) : null;
  }

  protected ask(filename: string): Promise<Spread> {
    return this.api.invoke(listPackageServers, byName(filename));
  }

  protected settles({ status }: Spread): boolean {
    return status === 'everywhere';
  }
}
