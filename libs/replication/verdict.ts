import { admits, type Stage } from './stage.js';
import type { MissingContent, ServerSummary } from './server-summary.js';

/**
 * What a server has of a package: `held`; `on_its_way` being fetched; `missing` admitted there, and not there; `not_wanted` not
 * admitted at its stage; `unknown` it has not told.
 */
export const holdings = ['held', 'on_its_way', 'missing', 'not_wanted', 'unknown'] as const;
export type Holding = (typeof holdings)[number];

export interface Verdict {
  readonly holding: Holding;
  /** How much of it is there; null unless it is on its way or missing. */
  readonly percent: number | null;
  /** One sentence: why. */
  readonly sentence: string;
}

/** The package that is asked about, as the catalog here knows it. */
export interface AskedPackage {
  readonly uuid: string;
  readonly stage: Stage;
  readonly bucket: number;
}

/** What is known here of another server. */
export interface KnownServer {
  readonly name: string;
  readonly stage: Stage;
  /** Null when it has told nothing yet. */
  readonly summary: ServerSummary | null;
  /** Its missing contents by uuid. */
  readonly missing: ReadonlyMap<string, MissingContent>;
  /** For each bucket, whether its catalog was the same as the one here; empty without a summary. */
  readonly agrees: readonly boolean[];
  /** Since when nothing was heard of it, in words; null when it was heard of lately. */
  readonly silence: string | null;
}

const article = (stage: Stage): string => `${stage} package`;

/** What another server has of a package, judged by its newest summary. */
export function verdictOn({ uuid, stage, bucket }: AskedPackage, server: KnownServer): Verdict {
  const { name, summary, agrees } = server;
  const since = server.silence ? ` Nothing was heard of it ${server.silence}.` : '';
  if (!summary) return { holding: 'unknown', percent: null, sentence: `${name} has not told yet what it holds.${since}` };
  const isToldOf = agrees[bucket] === true;
  if (!admits(server.stage, stage)) {
    const unsure = isToldOf ? '' : ' It has not confirmed the latest change yet.';
    const why = `${name} is a ${server.stage} server: a ${article(stage)} does not go there.`;
    return { holding: 'not_wanted', percent: null, sentence: `${why}${unsure}${since}` };
  }
  const missing = server.missing.get(uuid);
  if (missing) return verdictOnMissing(name, missing, since);
  if (!isToldOf) return { holding: 'unknown', percent: null, sentence: `${name} has not confirmed the latest changes yet.${since}` };
  if (summary.missingCount > summary.missing.length) {
    const sentence = `${name} lacks ${summary.missingCount} packages and has named ${summary.missing.length} of them; whether this is one of the others is not known.${since}`;
    return { holding: 'unknown', percent: null, sentence };
  }
  return { holding: 'held', percent: null, sentence: `${name} has it.${since}` };
}

function verdictOnMissing(name: string, { percent, isActive, reason }: MissingContent, since: string): Verdict {
  if (isActive) return { holding: 'on_its_way', percent, sentence: `${name} is fetching it: ${percent} % are there.${since}` };
  const why = reason ?? 'it waits for its turn.';
  return { holding: 'missing', percent, sentence: `${name} has not got it: ${why}${since}` };
}

/** "Is it everywhere?" in one sentence; `others` are the verdicts on every server that admits it or may. */
export function everywhereSentence(verdicts: readonly Verdict[]): string {
  const wanted = verdicts.filter(({ holding }) => holding !== 'not_wanted');
  const open = wanted.filter(({ holding }) => holding !== 'held');
  const servers = (count: number) => `${count} ${count === 1 ? 'server' : 'servers'}`;
  if (wanted.length === 0) return 'No server of the mesh admits it at its stage.';
  if (open.length === 0) return `It is everywhere it belongs: on ${servers(wanted.length)}.`;
  return `It is on ${wanted.length - open.length} of the ${servers(wanted.length)} it belongs on. ${open[0]!.sentence}`;
}
