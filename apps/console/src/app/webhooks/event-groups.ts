import type { EventTypeDto } from '#libs/api-client';
import { wordsOf } from '../audit/audit-words';

export interface EventChoice {
  readonly type: string;
  /** `Package arrived` */
  readonly label: string;
  readonly description: string;
}

export interface EventGroup {
  readonly label: string;
  readonly events: readonly EventChoice[];
}

const labels: readonly (readonly [string, string])[] = [
  ['package.', $localize`Packages`],
  ['peer.', $localize`Other servers`],
  ['jamf.', $localize`Jamf Pro`],
  ['', $localize`This server`],
];

/** All types of events, in groups. */
export function groupsOf(types: readonly EventTypeDto[]): EventGroup[] {
  const isIn = (type: string, prefix: string): boolean => prefix === labels.find(([each]) => type.startsWith(each))?.[0];
  return labels
    .map(([prefix, label]) => {
      const mine = types.filter(({ type }) => isIn(type, prefix));
      return { label, events: mine.map(({ type, description }) => ({ type, description, label: wordsOf(type) })) };
    })
    .filter(({ events }) => events.length > 0);
}

/** What a list of event types means, in a few words; null is all of them. */
export function choiceInWords(chosen: readonly string[] | null): string {
  if (chosen === null) return $localize`Everything`;
  const [first, ...rest] = chosen;
  if (first === undefined) return $localize`Nothing`;
  return rest.length === 0 ? wordsOf(first) : $localize`${wordsOf(first)} and ${rest.length} more`;
}
