import { agreement, isDigest } from './catalog-digest.js';
import { type JamfClaim, jamfClaimIn } from './jamf-claim.js';
import { stages, type Stage } from './stage.js';
import { isTooFarAhead } from './stamp.js';

/** A content that a server admits and has not got. */
export interface MissingContent {
  readonly uuid: string;
  /** How much of it is there already. */
  readonly percent: number;
  /** Whether it is being fetched at this moment. */
  readonly isActive: boolean;
  /** Why it is not there, in a sentence for people; null when nothing stands in the way. */
  readonly reason: string | null;
}

/** What a server says of itself to the whole mesh (docs/mesh.md §11). */
export interface ServerSummary {
  readonly iss: string;
  readonly name: string;
  readonly stage: Stage;
  /** Null when it cannot be called. */
  readonly url: string | null;
  readonly firewalledMode: boolean;
  readonly issuedMs: number;
  /** The servers it is registered with. */
  readonly peers: readonly string[];
  readonly freeBytes: number;
  /** Packages in its catalog. */
  readonly packages: number;
  /** Of the entries as records, and of their parts; the latter null from a server of the version before. */
  readonly digest: string;
  readonly digest2: string | null;
  /** Of the Munki repository, empty for none; null from a server that takes no files of it. */
  readonly munkiDigest: string | null;
  readonly missing: readonly MissingContent[];
  /** All that it admits and has not got; `missing` names the first of them. */
  readonly missingCount: number;
  /** Contents that it has withdrawn and still has whole: at most 200. Left out by servers of the version before. */
  readonly kept: readonly string[];
  /** Whether it holds transit copies for others; left out by servers that do not. */
  readonly relays?: boolean;
  /** Its connection with Jamf Pro; left out by servers that have none. */
  readonly jamf?: JamfClaim;
}

/** What a summary says of the whole catalog. */
export type CatalogDigests = Pick<ServerSummary, 'digest' | 'digest2' | 'munkiDigest'>;

/** A summary as it travels and is stored: the signature is over exactly this text. */
export interface SignedSummary {
  readonly iss: string;
  /** ES256 public key, SPKI PEM. */
  readonly publicKey: string;
  readonly body: string;
  /** Base64url, IEEE P1363. */
  readonly signature: string;
}

/** What a peer sent is not a summary; says what is wrong. */
export class SummaryMalformed extends Error {
  override readonly name = 'SummaryMalformed';
}

/** Bytes: a TEXT of MySQL ends at 64 KiB. */
export const MAX_SUMMARY_BYTES = 60_000;
export const MAX_NAMED_MISSING = 200;
export const MAX_NAMED_PEERS = 200;
export const MAX_NAMED_KEPT = 200;
const MAX_REASON = 200;
const MAX_NAME = 100;
const MAX_URL = 500;
const MAX_KEY = 1_000;

/** Whole words. Counted are UTF-16 units, as the reader counts them; none of a pair is cut off. */
function clip(text: string | null): string | null {
  if (text === null || text.length <= MAX_REASON) return text;
  const short = text.slice(0, MAX_REASON - 1).replace(/\p{Cs}$/u, '');
  return `${short.replace(/\s+\S*$/u, '')}…`;
}

const textOf = (summary: ServerSummary, named: number): string =>
  JSON.stringify({
    iss: summary.iss,
    name: summary.name,
    stage: summary.stage,
    url: summary.url,
    firewalled_mode: summary.firewalledMode,
    issued_ms: summary.issuedMs,
    peers: summary.peers.slice(0, MAX_NAMED_PEERS),
    free_bytes: summary.freeBytes,
    packages: summary.packages,
    digest: summary.digest,
    ...(summary.digest2 === null ? {} : { digest2: summary.digest2 }),
    ...(summary.munkiDigest === null ? {} : { munki_digest: summary.munkiDigest }),
    missing: summary.missing
      .slice(0, named)
      .map(({ uuid, percent, isActive, reason }) => ({ uuid, percent, active: isActive, reason: clip(reason) })),
    missing_count: summary.missingCount,
    kept: summary.kept.slice(0, Math.min(named, MAX_NAMED_KEPT)),
    ...(summary.relays ? { relays: true } : {}),
    ...(summary.jamf ? { jamf: summary.jamf } : {}),
  });

/** The text that is signed; names fewer of the missing contents when it would get too long. */
export function writeSummary(summary: ServerSummary): string {
  for (let named = MAX_NAMED_MISSING; ; named = Math.floor(named / 2)) {
    const text = textOf(summary, named);
    if (Buffer.byteLength(text) <= MAX_SUMMARY_BYTES || named === 0) return text;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isIss = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
/** One line of ordinary text: it is shown to people and written to logs. */
const isLine = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(value);
const isUrl = (value: unknown): value is string => isLine(value, MAX_URL) && /^https?:\/\/[^\s<>"]+$/.test(value);

function check(isRight: boolean, field: string): asserts isRight {
  if (!isRight) throw new SummaryMalformed(`The summary's ${field} is not usable.`);
}

function missingOf(value: unknown): MissingContent {
  check(isFields(value), 'missing');
  const { uuid, percent, active, reason } = value;
  check(isIss(uuid), 'missing uuid');
  check(isCount(percent) && percent <= 100, 'missing percent');
  check(reason === null || isLine(reason, MAX_REASON), 'missing reason');
  return { uuid, percent, isActive: active === true, reason };
}

function parse(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (isFields(value)) return value;
  } catch {
    // Said below: it is not JSON.
  }
  throw new SummaryMalformed('The summary is not a JSON object.');
}

/** Reads the signed text. Unknown fields are ignored. Throws SummaryMalformed. */
export function readSummary(body: string): ServerSummary {
  const {
    iss,
    name,
    stage,
    url,
    firewalled_mode,
    issued_ms,
    peers,
    free_bytes,
    packages,
    digest,
    digest2 = null,
    munki_digest = null,
    missing,
    missing_count,
    kept = [],
    relays,
    jamf: said,
  } = parse(body);
  const known = stages.find((each) => each === stage);
  check(isIss(iss), 'iss');
  check(isLine(name, MAX_NAME) && name.trim() !== '', 'name');
  check(known !== undefined, 'stage');
  check(url === null || isUrl(url), 'url');
  check(isCount(issued_ms) && issued_ms <= 8.64e15, 'issued_ms');
  check(Array.isArray(peers) && peers.length <= MAX_NAMED_PEERS && peers.every(isIss), 'list of peers');
  check(isCount(free_bytes) && isCount(packages), 'counts');
  check(isDigest(digest), 'digest');
  check(digest2 === null || isDigest(digest2), 'digest2');
  check(munki_digest === null || munki_digest === '' || isDigest(munki_digest), 'munki_digest');
  check(Array.isArray(missing) && missing.length <= MAX_NAMED_MISSING, 'list of missing contents');
  check(isCount(missing_count) && missing_count >= missing.length, 'missing_count');
  check(Array.isArray(kept) && kept.length <= MAX_NAMED_KEPT && kept.every(isIss), 'list of kept contents');
  const jamf = said === undefined ? undefined : jamfClaimIn(said);
  check(jamf !== null, 'jamf');
  return {
    iss,
    name,
    stage: known,
    url,
    firewalledMode: firewalled_mode === true,
    issuedMs: issued_ms,
    peers: peers as string[],
    freeBytes: free_bytes,
    packages,
    digest,
    digest2,
    munkiDigest: munki_digest,
    missing: missing.map(missingOf),
    missingCount: missing_count,
    kept: kept as string[],
    ...(relays === true ? { relays: true } : {}),
    ...(jamf === undefined ? {} : { jamf }),
  };
}

/** Reads the envelope of a summary, and what is in it; the signature is not checked. Throws SummaryMalformed. */
export function readSigned(value: unknown, nowMs: number): { signed: SignedSummary; summary: ServerSummary } {
  check(isFields(value), 'envelope');
  const { iss, public_key: publicKey, body, signature } = value;
  check(isIss(iss), 'iss');
  check(typeof publicKey === 'string' && publicKey.length <= MAX_KEY, 'public key');
  check(typeof signature === 'string' && /^[A-Za-z0-9_-]{86}$/.test(signature), 'signature');
  check(typeof body === 'string' && Buffer.byteLength(body) <= MAX_SUMMARY_BYTES, 'body');
  const summary = readSummary(body);
  check(summary.iss === iss, 'iss');
  if (isTooFarAhead({ wallMs: summary.issuedMs, counter: 0 }, nowMs)) {
    throw new SummaryMalformed(
      `The summary of ${summary.name} is dated ${new Date(summary.issuedMs).toISOString()}, but here it is ${new Date(nowMs).toISOString()}: one of the servers has a wrong clock.`,
    );
  }
  return { signed: { iss, publicKey, body, signature }, summary };
}

/**
 * For each part of the digest, whether two catalogs agree there: by the parts of the entries where both say so, otherwise by the entries as
 * records. Shorter, without the parts of the Munki repository, where one of the two takes no files of it.
 */
export function catalogsAgree(ours: CatalogDigests, theirs: CatalogDigests): boolean[] {
  const hasParts = ours.digest2 !== null && theirs.digest2 !== null;
  const share = hasParts ? agreement(ours.digest2, theirs.digest2) : agreement(ours.digest, theirs.digest);
  const isOnBoth = ours.munkiDigest !== null && theirs.munkiDigest !== null;
  return isOnBoth ? [...share, ...agreement(ours.munkiDigest, theirs.munkiDigest)] : share;
}

/** Whether `after` says anything that the mesh should hear at once. Free disk space alone is not worth it. */
export const saysTheSame = (before: ServerSummary, after: ServerSummary): boolean => essence(before) === essence(after);

const essence = (summary: ServerSummary): string => textOf({ ...summary, issuedMs: 0, freeBytes: 0 }, MAX_NAMED_MISSING);

/** Whether all that changed is how far fetching has got. */
export function differsInProgressOnly(before: ServerSummary, after: ServerSummary): boolean {
  const still = (summary: ServerSummary) => ({ ...summary, missing: summary.missing.map((each) => ({ ...each, percent: 0 })) });
  return saysTheSame(still(before), still(after));
}
