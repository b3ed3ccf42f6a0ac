import type { Entry } from './entry.js';
import { placementOf, type Placement } from './placement.js';
import type { Stage } from './stage.js';

/** `held` whole, verified and served; `withdrawn` whole, for peers only; `superseded` whole, kept to be restored; `absent` not here (yet). */
export type ContentState = 'held' | 'withdrawn' | 'superseded' | 'absent';

const stateOf: Readonly<Record<Placement, ContentState>> = {
  serve: 'held',
  fetch: 'absent',
  withdraw: 'withdrawn',
  retire: 'superseded',
};

export const isOnDisk = (state: ContentState | undefined): boolean => state !== undefined && state !== 'absent';

/** What an entry that comes into force means for the contents of a server. */
export interface EntryEffects {
  readonly placement: Placement;
  /** The content that is served under the name from now on; null when none is. */
  readonly served: string | null;
  /** The new state of the entry's own content; null when it stays as it is. */
  readonly ownState: ContentState | null;
  /** The content that the name meant before and that is now kept only to be restored; null when there is none here. */
  readonly superseded: string | null;
}

export interface ServerView {
  readonly stage: Stage;
  /** What this server has of a content that belongs to the entry's name; undefined when it knows of none. */
  stateOf(uuid: string): ContentState | undefined;
}

/** What the name meant until now. */
export interface Predecessor {
  readonly uuid: string;
  /** What was served under the name: an earlier content while its replacement is not here yet; null for none. */
  readonly servedUuid?: string | null;
}

/** While the content of a replacement is not here and verified, what was served until now is served on. */
function servedBy({ uuid }: Entry, placement: Placement, current: Predecessor | null, server: ServerView): string | null {
  if (placement === 'serve') return uuid;
  const before = current?.servedUuid ?? null;
  return placement === 'fetch' && before !== null && before !== uuid && isOnDisk(server.stateOf(before)) ? before : null;
}

export function effectsOf(entry: Entry, current: Predecessor | null, server: ServerView): EntryEffects {
  const known = server.stateOf(entry.uuid);
  const placement = placementOf(entry, server.stage, isOnDisk(known));
  const served = servedBy(entry, placement, current, server);
  const ownState = isOnDisk(known) && known !== stateOf[placement] ? stateOf[placement] : null;
  const before = [current?.uuid, current?.servedUuid].filter((uuid) => typeof uuid === 'string');
  const superseded = before.find((uuid) => uuid !== entry.uuid && uuid !== served && isOnDisk(server.stateOf(uuid)));
  return { placement, served, ownState, superseded: superseded ?? null };
}
