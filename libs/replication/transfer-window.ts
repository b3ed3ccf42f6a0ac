/** When content may travel, every day. News and small entries always do (MESH §6, limits). */
export interface TransferWindow {
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight; before `from` it means the next day, equal to it the whole day. */
  readonly to: number;
  /** IANA name, `Europe/Berlin`. */
  readonly timeZone: string;
}

const DAY_MINUTES = 1_440;

/** Minutes after midnight of a wall clock in that zone. Throws RangeError for a zone that does not exist. */
export function minutesOfDay(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(atMs);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return value('hour') * 60 + value('minute');
}

/** How long until the window opens, in milliseconds; 0 within it. */
export function untilOpen({ from, to, timeZone }: TransferWindow, atMs: number): number {
  if (from === to) return 0;
  const now = minutesOfDay(timeZone, atMs);
  const sinceOpening = (now - from + DAY_MINUTES) % DAY_MINUTES;
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES;
  if (sinceOpening < length) return 0;
  return (DAY_MINUTES - sinceOpening) * 60_000 - (atMs % 60_000);
}

/** `22:30` to minutes; null when it is no time of day. */
export function parseTimeOfDay(text: string): number | null {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

export const formatTimeOfDay = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export function isTimeZone(name: string): boolean {
  try {
    minutesOfDay(name, 0);
    return true;
  } catch {
    return false;
  }
}
