import type { Stage } from '#libs/replication/stage.js';

/** A package as rules of administrators see it. */
export interface TitledPackage {
  readonly filename: string;
  readonly stage: Stage;
  /** These three: as the inspection on this server found them; null when it did not. */
  readonly titleKey: string | null;
  readonly title: string | null;
  readonly version: string | null;
}

/** Which packages a rule is about; null: any. */
export interface TitleMatch {
  readonly stage: Stage | null;
  /** With `*` and `?`, whatever the case. */
  readonly filename: string | null;
  readonly titleKey: string | null;
}

/** Whether the text fits a pattern with `*` and `?`, whatever the case. Takes time in proportion to both lengths, whatever they hold. */
export function fitsPattern(text: string, pattern: string): boolean {
  const [signs, wanted] = [[...text.normalize('NFC').toLowerCase()], [...pattern.normalize('NFC').toLowerCase()]];
  let [at, wantedAt, starAt, retryAt] = [0, 0, -1, 0];
  while (at < signs.length) {
    if (wanted[wantedAt] === '*') {
      [starAt, retryAt] = [wantedAt, at];
      wantedAt += 1;
    } else if (wantedAt < wanted.length && (wanted[wantedAt] === '?' || wanted[wantedAt] === signs[at])) {
      at += 1;
      wantedAt += 1;
    } else if (starAt >= 0) {
      retryAt += 1; // the last star takes one sign more
      [at, wantedAt] = [retryAt, starAt + 1];
    } else return false;
  }
  while (wanted[wantedAt] === '*') wantedAt += 1;
  return wantedAt === wanted.length;
}

export const fits = (match: TitleMatch, { filename, stage, titleKey }: TitledPackage): boolean =>
  (match.stage === null || match.stage === stage) &&
  (match.titleKey === null || match.titleKey.toLowerCase() === titleKey?.toLowerCase()) &&
  (match.filename === null || fitsPattern(filename, match.filename));
