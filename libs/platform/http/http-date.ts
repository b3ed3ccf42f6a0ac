const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const time = '(\\d{2}):(\\d{2}):(\\d{2})';
const imf = new RegExp(`^(?:mon|tue|wed|thu|fri|sat|sun), (\\d{2}) ([a-z]{3}) (\\d{4}) ${time} gmt$`, 'i');
const rfc850 = new RegExp(`^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (\\d{2})-([a-z]{3})-(\\d{2}) ${time} gmt$`, 'i');
const asctime = new RegExp(`^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) ([ \\d]\\d) ${time} (\\d{4})$`, 'i');

const FIFTY_YEARS = 50;

/** A year of two digits that seems to be more than 50 years ahead is of the century before (RFC 9110 section 5.6.7). */
function wholeYear(twoDigits: number, nowMs: number): number {
  const year = Math.floor(new Date(nowMs).getUTCFullYear() / 100) * 100 + twoDigits;
  return year > new Date(nowMs).getUTCFullYear() + FIFTY_YEARS ? year - 100 : year;
}

function atUtc(year: number, monthName: string, day: number, clock: readonly number[]): number | null {
  const month = months.indexOf(monthName.toLowerCase());
  const [hour = 0, minute = 0, second = 0] = clock;
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return null; // 31 February
  return date.setUTCHours(hour, minute, second);
}

/**
 * Epoch milliseconds of an HTTP date in one of its three forms (RFC 9110 section 5.6.7), or null for anything else:
 * `Date.parse` alone would take "2017" and "Nov 11" for dates.
 */
export function parseHttpDate(value: string | undefined, nowMs: number = Date.now()): number | null {
  const text = value?.trim() ?? '';
  const numbers = (parts: readonly (string | undefined)[]): number[] => parts.map(Number);
  const fixed = imf.exec(text);
  if (fixed) return atUtc(Number(fixed[3]), fixed[2]!, Number(fixed[1]), numbers(fixed.slice(4)));
  const old = rfc850.exec(text);
  if (old) return atUtc(wholeYear(Number(old[3]), nowMs), old[2]!, Number(old[1]), numbers(old.slice(4)));
  const c = asctime.exec(text);
  return c ? atUtc(Number(c[6]), c[1]!, Number(c[2]), numbers(c.slice(3, 6))) : null;
}
