const MB = 1_048_576;

/** Bytes per second as what people type into a field: MiB per second; empty is no limit. */
export const toField = (bytesPerSecond: number | null): number | null =>
  bytesPerSecond === null ? null : Math.round((bytesPerSecond / MB) * 100) / 100;

/** What was typed, as bytes per second; empty is no limit. */
export const fromField = (megabytes: number | null): number | null => (megabytes === null ? null : Math.round(megabytes * MB));
