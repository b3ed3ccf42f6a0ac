const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;

/** A size as people read it, in the form of the reference documents: base 1024, one digit ("56.2 GB"); bytes are whole. */
export function humanBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.95 would be shown as "1024.0": it belongs to the next unit.
  while (Number(value.toFixed(unit === 0 ? 0 : 1)) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
