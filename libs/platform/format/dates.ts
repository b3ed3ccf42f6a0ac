/** ISO 8601 without microseconds and zone, in UTC: the reference's form. */
export const isoSeconds = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 19);

/** Unix time in whole seconds. */
export const unixSeconds = (epochMs: number): number => Math.floor(epochMs / 1_000);
