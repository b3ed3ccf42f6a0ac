import { parseHttpDate } from '#libs/platform/http/http-date.js';
import { clampedNumber } from '#libs/platform/http/http-range.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits before the second and later attempts (Standard Webhooks 1.0.0, "Deliverability and reliability"). */
const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const LONGEST_RETRY_AFTER = 24 * HOUR;

/** The wait after so many attempts, in milliseconds, with up to 10 % of jitter; null when that was the last one. */
export function waitAfter(attempts: number, retryAfterMs: number | null, random: () => number = Math.random): number | null {
  const wait = waits[attempts - 1];
  if (wait === undefined) return null;
  const asked = Math.min(LONGEST_RETRY_AFTER, retryAfterMs ?? 0);
  return Math.max(asked, Math.round(wait * (1 + random() / 10)));
}

/** `Retry-After` in milliseconds from now, seconds or a date (RFC 9110 section 10.2.3); null when it says nothing. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d+$/.test(value)) return clampedNumber(value) * SECOND;
  const date = parseHttpDate(value, nowMs);
  return date === null ? null : Math.max(0, date - nowMs);
}
