import type { AuditEventDto } from '#libs/api-client';

export interface EventRun {
  /** The newest of them. */
  readonly event: AuditEventDto;
  readonly times: number;
}

/** The same deed of the same doer several times in a row is one line. */
export function runsOf(events: readonly AuditEventDto[]): EventRun[] {
  const runs: EventRun[] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last && isAlike(last.event, event)) runs[runs.length - 1] = { event: last.event, times: last.times + 1 };
    else runs.push({ event, times: 1 });
  }
  return runs;
}

/** Which changes were made is never folded away. */
const isAlike = (one: AuditEventDto, other: AuditEventDto): boolean =>
  one.action === other.action && one.actor === other.actor && one.subject === other.subject && !one.action.endsWith('.updated');
