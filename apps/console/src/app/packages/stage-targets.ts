import { inject, Injectable } from '@angular/core';
import { Api, getNetwork, type NetworkServerDto } from '#libs/api-client';
import { stages, type Stage } from './status-words';

export type Target = Pick<NetworkServerDto, 'name' | 'stage' | 'relation'>;

/** A server serves packages of its own stage and of later ones. */
export const serves = (server: Pick<Target, 'stage'>, stage: Stage): boolean => stages.indexOf(stage) >= stages.indexOf(server.stage);

const nameOf = ({ name, relation }: Target): string => (relation === 'self' ? $localize`${name} (this server)` : name);

/** Names for a sentence; of many the first ones and how many more. */
export function namesOf(servers: readonly Target[], most = 6): string {
  const names = servers.slice(0, most).map(nameOf);
  const more = servers.length - names.length;
  return more > 0 ? $localize`${names.join(', ')} and ${more} more` : names.join(', ');
}

/** Which servers of the mesh serve packages of which stage. */
@Injectable({ providedIn: 'root' })
export class StageTargets {
  private readonly api = inject(Api);

  /** Null when the server does not answer: what is about to be done says so itself. */
  async servers(): Promise<readonly Target[] | null> {
    return (await this.api.invoke(getNetwork, {}).catch(() => null))?.servers ?? null;
  }
}
