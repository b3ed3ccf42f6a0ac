import { flatten, isDeleted, mergeUpdates, type Registers, type Update, type Write } from './register.js';
import { compareStamps, type Stamp } from './stamp.js';

/** `replaced` by a content that knew it, `deleted`, or lost to a write whose author had not seen it: `conflict`. */
export const versionReasons = ['replaced', 'deleted', 'conflict'] as const;
export type VersionReason = (typeof versionReasons)[number];

/** A content that is not in force under its name any more, or never was. */
export interface DisplacedVersion {
  readonly write: Write<'content'>;
  readonly reason: VersionReason;
}

/** Whether the author of the later write had not seen the content that it displaces. */
const isConflict = (replaces: Stamp | null, loser: Write<'content'>): boolean =>
  replaces === null || compareStamps(loser.stamp, replaces) > 0;

/** Which contents are displaced when an update is merged into what is in force. Neither author's knowledge goes beyond `replaces`. */
export function displacedBy(current: Registers, update: Update): DisplacedVersion[] {
  const { content: known } = current;
  const { content: sent, deletion } = mergeUpdates(current, update);
  const incoming = update.content;
  const displaced: DisplacedVersion[] = [];
  if (incoming && incoming.value.uuid !== known.value.uuid) {
    const order = compareStamps(incoming.stamp, known.stamp);
    if (order > 0 && !isDeleted(current))
      displaced.push({ write: known, reason: isConflict(incoming.replaces, known) ? 'conflict' : 'replaced' });
    if (order < 0 && isConflict(known.replaces, incoming)) displaced.push({ write: incoming, reason: 'conflict' });
  }
  if (sent && deletion && compareStamps(deletion.stamp, sent.stamp) > 0) {
    const isNew = !isDeleted(current) || sent !== known;
    if (isNew) displaced.push({ write: sent, reason: isConflict(deletion.replaces, sent) ? 'conflict' : 'deleted' });
  }
  return displaced;
}

/** The server whose write is in force instead. */
export const authorInForce = (registers: Registers): string =>
  flatten(registers).deleted ? registers.deletion!.stamp.iss : registers.content.stamp.iss;
