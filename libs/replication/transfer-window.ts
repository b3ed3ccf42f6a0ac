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
const MINUTE_MS = 60_000;
/** Clocks are set by an hour, on Lord Howe Island by half an hour; a window within the hour that is left out opens the day after. */
const LONGEST_SEARCH_MINUTES = 2 * DAY_MINUTES;

/** Made once for each zone: making one costs far more than asking it. */
const clocks = new Map<string, Intl.DateTimeFormat>();
const MOST_CLOCKS = 64;

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  if (clocks.size >= MOST_CLOCKS) clocks.clear();
  clocks.set(timeZone, made);
  return made;
}

/** Minutes after midnight of a wall clock in that zone. Throws RangeError for a zone that does not exist. */
export function minutesOfDay(timeZone: string, atMs: number): number {
  const parts = clockOf(timeZone).formatToParts(atMs);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return value('hour') * 60 + value('minute');
}

/** Minutes since the window last opened by the wall clock, and how long it is, both less than a day. */
function placeIn({ from, to, timeZone }: TransferWindow, atMs: number): { since: number; length: number } {
  return { since: (minutesOfDay(timeZone, atMs) - from + DAY_MINUTES) % DAY_MINUTES, length: (to - from + DAY_MINUTES) % DAY_MINUTES };
}

/**
 * How long until the window opens, in milliseconds; 0 within it. The wall clock decides: where clocks are set between now and then, the
 * wait is shorter or longer than the difference of the two times of day.
 */
export function untilOpen(window: TransferWindow, atMs: number): number {
  const { from, to, timeZone } = window;
  if (from === to) return 0;
  const { since, length } = placeIn(window, atMs);
  if (since < length) return 0;
  const wait = (DAY_MINUTES - since) * MINUTE_MS - (((atMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS);
  if (minutesOfDay(timeZone, atMs + wait) === from && minutesOfDay(timeZone, atMs + wait - MINUTE_MS) !== from) return wait;
  return searchOpening(window, atMs);
}

/** Minute by minute, for the two nights of a year in which clocks are set. */
function searchOpening(window: TransferWindow, atMs: number): number {
  const first = (Math.floor(atMs / MINUTE_MS) + 1) * MINUTE_MS;
  for (let minute = 0; minute < LONGEST_SEARCH_MINUTES; minute += 1) {
    const then = first + minute * MINUTE_MS;
    const { since, length } = placeIn(window, then);
    if (since < length) return then - atMs;
  }
  return LONGEST_SEARCH_MINUTES * MINUTE_MS;
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
