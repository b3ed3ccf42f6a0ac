/** Larger files are no pkginfo and no manifest: real ones have some KiB. Also what the references of a binary list may expand to. */
export const MOST_READ_BYTES = 2 ** 20;
/** Of a property list. */
export const READING_LIMITS = { bytes: MOST_READ_BYTES, values: 50_000 };

const MOST_SHOWN = 120;

/** A text of a file as it stands in a sentence about it. */
export const shown = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text);
