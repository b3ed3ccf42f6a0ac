import { Pipe, type PipeTransform } from '@angular/core';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size with binary units (IEC 80000-13): 1 KiB is 1,024 bytes. */
export function bytes(value: number): string {
  const step = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${(value / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}

/** A time to go as people read it: `40 s`, `3 min`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, or how soon, in words. */
export function ago(unixSeconds: number, now = Date.now() / 1_000): string {
  const elapsed = now - unixSeconds;
  if (Math.abs(elapsed) < 45) return $localize`just now`;
  const [unit, size] = steps.find(([, length]) => Math.abs(elapsed) >= length) ?? ['minute', 60];
  const count = Math.max(1, Math.round(Math.abs(elapsed) / size));
  return relative.format(elapsed > 0 ? -count : count, unit);
}

/** The time as it names a version: `26 Nov 2026, 19:06`. */
export const dayAndTime = (unixSeconds: number): string =>
  new Date(unixSeconds * 1_000).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The exact time in the viewer's zone. */
export const exactTime = (unixSeconds: number): string =>
  new Date(unixSeconds * 1_000).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });

const timestamps = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d UTC/g;

/** A sentence of the server, with its times in the viewer's zone. */
export const withLocalTimes = (sentence: string): string =>
  sentence.replace(timestamps, (time) => dayAndTime(Date.parse(time.replace(' UTC', 'Z')) / 1_000));

@Pipe({ name: 'localTimes' })
export class LocalTimesPipe implements PipeTransform {
  transform = withLocalTimes;
}

@Pipe({ name: 'bytes' })
export class BytesPipe implements PipeTransform {
  /** A dash for what is not known. */
  transform = (value: number | null | undefined): string => (value == null ? '–' : bytes(value));
}

@Pipe({ name: 'duration' })
export class DurationPipe implements PipeTransform {
  transform = duration;
}
