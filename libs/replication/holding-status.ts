import { spaceOfBucket } from './catalog-digest.js';
import { admits, type Stage } from './stage.js';
import type { MissingContent, ServerSummary } from './server-summary.js';

/**
 * What a server has of a package: `held`; `on_its_way` being fetched; `missing` admitted there, and not there; `not_wanted` not
 * admitted at its stage, or not known to its version; `unknown` not reported.
 */
export const holdings = ['held', 'on_its_way', 'missing', 'not_wanted', 'unknown'] as const;
export type Holding = (typeof holdings)[number];

/** What is known of a package at one server. */
export interface HoldingStatus {
  readonly holding: Holding;
  /** How much of it is there; null unless it is on its way or missing. */
  readonly percent: number | null;
  /** One sentence: why. */
  readonly sentence: string;
  /** It had the package when it last reported; that is too long ago to count. */
  readonly isStale: boolean;
}

/** `everywhere` on every server that admits it; `partial` on some, or not known of all; `nowhere` no server of the mesh admits it. */
export const spreads = ['everywhere', 'partial', 'nowhere'] as const;
export type Spread = (typeof spreads)[number];

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
  /** Null when it has reported nothing yet. */
  readonly summary: ServerSummary | null;
  /** Its missing contents by uuid. */
  readonly missing: ReadonlyMap<string, MissingContent>;
  /** For each bucket, whether its catalog was the same as the one here; empty without a summary. */
  readonly agrees: readonly boolean[];
  /** Since when it has not answered or reported, in words; null when it did within the last minutes. */
  readonly silence: string | null;
  /** When it last reported what it holds, in words, if that is too long ago to count; null when it counts. */
  readonly staleSince: string | null;
}

/** Whether a server takes names of that part of the catalog at all. */
export const takesFilesOf = (bucket: number, summary: Pick<ServerSummary, 'munkiDigest'>): boolean =>
  spaceOfBucket(bucket) === '' || summary.munkiDigest !== null;

/** What another server has of a package, by its newest summary. */
export function holdingAt({ uuid, stage, bucket }: AskedPackage, server: KnownServer): HoldingStatus {
  const { name, summary, agrees } = server;
  const since = server.silence ? ` It has been silent ${server.silence}.` : '';
  const say = (holding: Holding, sentence: string): HoldingStatus => ({
    holding,
    percent: null,
    sentence: `${sentence}${since}`,
    isStale: false,
  });
  if (!summary) return say('unknown', `${name} has not reported yet what it holds.`);
  const isConfirmed = agrees[bucket] === true;
  if (!takesFilesOf(bucket, summary)) return say('not_wanted', `${name} runs a version that takes no files of the Munki repository.`);
  if (!admits(server.stage, stage)) {
    const unsure = isConfirmed ? '' : ' It has not confirmed the latest change yet.';
    return say('not_wanted', `${name} is a ${server.stage} server: a ${stage} package does not go there.${unsure}`);
  }
  const missing = server.missing.get(uuid);
  if (missing) return statusOfMissing(name, missing, since);
  if (!isConfirmed) return say('unknown', `${name} has not confirmed the latest changes yet.`);
  if (summary.missingCount > summary.missing.length) {
    const count = `${name} lacks ${summary.missingCount} packages and has named ${summary.missing.length} of them`;
    return say('unknown', `${count}; whether this is one of the others is not known.`);
  }
  if (server.staleSince === null) return say('held', `${name} has it.`);
  const sentence = `${name} had it when it last reported, on ${server.staleSince}: that is too long ago to count.`;
  return { holding: 'unknown', percent: null, sentence, isStale: true };
}

function statusOfMissing(name: string, { percent, isActive, reason }: MissingContent, since: string): HoldingStatus {
  if (isActive)
    return { holding: 'on_its_way', percent, sentence: `${name} is fetching it: ${percent} % are there.${since}`, isStale: false };
  const why = reason ?? 'it waits for its turn.';
  return { holding: 'missing', percent, sentence: `${name} has not got it: ${why}${since}`, isStale: false };
}

const wantedAt = (statuses: readonly HoldingStatus[]): HoldingStatus[] => statuses.filter(({ holding }) => holding !== 'not_wanted');

/** Whether it is everywhere it belongs. Without any server that admits it, it is nowhere: that is not everywhere. */
export function spreadOf(statuses: readonly HoldingStatus[]): Spread {
  const wanted = wantedAt(statuses);
  if (wanted.length === 0) return 'nowhere';
  return wanted.every(({ holding }) => holding === 'held') ? 'everywhere' : 'partial';
}

/** Silent servers that are named in one sentence. */
const MOST_NAMED = 10;

/** "Is it everywhere?" in words. Each server whose report is too old to count is named, and one of the others that have not got it. */
export function spreadSentence(statuses: readonly HoldingStatus[]): string {
  const wanted = wantedAt(statuses);
  const open = wanted.filter(({ holding }) => holding !== 'held');
  const servers = (count: number) => `${count} ${count === 1 ? 'server' : 'servers'}`;
  if (wanted.length === 0) return 'No server of the mesh admits it at its stage.';
  if (open.length === 0) return `It is everywhere it belongs: on ${servers(wanted.length)}.`;
  const stale = open.filter(({ isStale }) => isStale);
  const named = [...open.filter(({ isStale }) => !isStale).slice(0, 1), ...stale.slice(0, MOST_NAMED)].map(({ sentence }) => sentence);
  const more = stale.length > MOST_NAMED ? [`So had ${servers(stale.length - MOST_NAMED)} more.`] : [];
  const where = `It is known to be on ${wanted.length - open.length} of the ${servers(wanted.length)} it belongs on.`;
  return [stale.length > 0 ? where : where.replace('known to be on', 'on'), ...named, ...more].join(' ');
}
