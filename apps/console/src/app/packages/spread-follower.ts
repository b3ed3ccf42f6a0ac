import { inject, Injectable, signal } from '@angular/core';
import { Api, listPackageServers, type PackageServersDto } from '#libs/api-client';
import { byName } from './addressing';

/** Asked about in one round at most. */
const MOST = 20;

type Spread = Pick<PackageServersDto, 'status' | 'sentence' | 'servers'>;

const isArriving = ({ state }: Spread['servers'][number]): boolean => state === 'on_its_way' || state === 'missing';

/** `It is on 1 of 3 servers. Oslo 84 %, Rome 0 %.` */
export function spreadWords({ sentence, servers }: Spread): string {
  const parts = servers.filter(isArriving).map(({ name, percent }) => (percent === null ? name : `${name} ${Math.floor(percent)} %`));
  return parts.length === 0 ? sentence : $localize`${sentence} On the way\: ${parts.join(', ')}.`;
}

/** How far packages are that were uploaded here, until each is on the last server. */
@Injectable({ providedIn: 'root' })
export class SpreadFollower {
  private readonly api = inject(Api);
  private readonly known = signal<ReadonlyMap<string, Spread>>(new Map());

  isSettled = (filename: string): boolean => this.known().get(filename)?.status === 'everywhere';

  wordsFor(filename: string): string | null {
    const spread = this.known().get(filename);
    return spread ? spreadWords(spread) : null;
  }

  /** A server that does not answer leaves what was known; the page says that it is away. */
  async follow(filenames: readonly string[]): Promise<void> {
    for (const filename of [...new Set(filenames)].filter((name) => !this.isSettled(name)).slice(0, MOST)) {
      const spread = await this.api.invoke(listPackageServers, byName(filename)).catch(() => null);
      if (spread) this.known.update((before) => new Map(before).set(filename, spread));
    }
  }

  forget(filenames: readonly string[]): void {
    this.known.update((before) => new Map([...before].filter(([name]) => !filenames.includes(name))));
  }
}
