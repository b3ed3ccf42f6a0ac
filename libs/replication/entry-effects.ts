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
  /** The new state of the entry's own content; null when it stays as it is. */
  readonly ownState: ContentState | null;
  /** The content that the name meant before and that is now kept only to be restored; null when there is none here. */
  readonly superseded: string | null;
}

export interface ServerView {
  readonly stage: Stage;
  /** What this server has of a content; undefined when it never heard of it. */
  stateOf(uuid: string): ContentState | undefined;
}

export function effectsOf(entry: Entry, current: Pick<Entry, 'uuid'> | null, server: ServerView): EntryEffects {
  const known = server.stateOf(entry.uuid);
  const placement = placementOf(entry, server.stage, isOnDisk(known));
  const ownState = isOnDisk(known) && known !== stateOf[placement] ? stateOf[placement] : null;
  const isReplaced = current !== null && current.uuid !== entry.uuid && isOnDisk(server.stateOf(current.uuid));
  return { placement, ownState, superseded: isReplaced ? current.uuid : null };
}
