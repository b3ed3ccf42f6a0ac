import { DomainError } from '#libs/platform/errors/domain-error.js';
import { FEED_PAGE_LIMIT } from './feed.js';
import type { ReceivedItem } from './catalog-receiver.js';
import { isHexId } from '#libs/replication/hex-id.js';

/** A peer sent something that is not the protocol. */
export class PeerMessageMalformed extends DomainError {
  readonly code = 'peer-message-malformed';
  readonly status = 400;
}

interface ReceivedItems {
  readonly epoch: string;
  readonly items: ReceivedItem[];
  /** Keys of the authors of the items, as the peer vouches for them. */
  readonly keys: readonly unknown[];
  readonly next: number;
}

/** Contents that a peer cannot fetch itself and would take (MESH §7). */
interface ReceivedWants {
  readonly wants: string[];
}

export interface ReceivedPage extends ReceivedItems, ReceivedWants {
  readonly last: number;
  /** Where the rest of the wants begins; null when these are all. */
  readonly wantsBefore: number | null;
}

export interface ReceivedPush extends ReceivedItems {
  readonly since: number;
  /** A comparison of catalogs found that these differ (MESH §13). */
  readonly isRepair: boolean;
}

export interface Acknowledgement extends ReceivedWants {
  /** Names the database of the peer that acknowledged. */
  readonly epoch: string;
  /** It took nothing and acknowledges nothing: this server is paused there. */
  readonly isPaused: boolean;
  /** Numbers of our changes that it refused, and why the first of them. */
  readonly refusedSeqs: readonly number[];
  readonly refusedReason: string | null;
}

/** Authors in one message: each of its items has four parts at most, rarely of different authors. */
const MAX_KEYS = 4 * FEED_PAGE_LIMIT;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldsOf(value: unknown): Fields {
  if (isFields(value)) return value;
  throw new PeerMessageMalformed('The message must be a JSON object.');
}

function epochOf(fields: Fields): string {
  const { epoch } = fields;
  if (isHexId(epoch)) return epoch;
  throw new PeerMessageMalformed('epoch must be 32 lower case hexadecimal digits.');
}

const isSequence = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function sequenceOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (isSequence(value)) return value;
  throw new PeerMessageMalformed(`${name} must be a sequence number.`);
}

function itemsOf({ items }: Fields): ReceivedItem[] {
  if (!Array.isArray(items) || items.length > FEED_PAGE_LIMIT) {
    throw new PeerMessageMalformed(`items must be a list of at most ${FEED_PAGE_LIMIT} entries.`);
  }
  return items.map((item: unknown) => {
    if (!isFields(item)) return { held: false, entry: item }; // refused alone, by whoever reads entries
    const { seq, entry, held, server, writes } = item;
    if (server !== undefined) return { held: false, server };
    return { seq: isSequence(seq) ? seq : undefined, entry, held: held === true, writes: Array.isArray(writes) ? writes : undefined };
  });
}

/** Servers that do not sign introduce no other server. */
function keysOf({ keys = [] }: Fields): readonly unknown[] {
  if (Array.isArray(keys) && keys.length <= MAX_KEYS) return keys;
  throw new PeerMessageMalformed(`keys must be a list of at most ${MAX_KEYS} keys.`);
}

/** Peers that can call us list none. */
function wantsOf({ wants = [] }: Fields): string[] {
  if (!Array.isArray(wants) || wants.length > FEED_PAGE_LIMIT) {
    throw new PeerMessageMalformed(`wants must be a list of at most ${FEED_PAGE_LIMIT} contents.`);
  }
  return wants.filter(isHexId);
}

const readPosition = (fields: Fields) => ({
  epoch: epochOf(fields),
  items: itemsOf(fields),
  keys: keysOf(fields),
  next: sequenceOf(fields, 'next'),
});

/** Reads the items of any message that has some, and the keys of their authors. Throws PeerMessageMalformed. */
export function readPart(value: unknown): Pick<ReceivedItems, 'items' | 'keys'> {
  const fields = fieldsOf(value);
  return { items: itemsOf(fields), keys: keysOf(fields) };
}

/** Reads an answer of `GET /api/ods/catalog` (MESH §3). Throws PeerMessageMalformed. */
export function readPage(value: unknown): ReceivedPage {
  const fields = fieldsOf(value);
  const wantsBefore = fields['wants_before'] == null ? null : sequenceOf(fields, 'wants_before');
  return { ...readPosition(fields), last: sequenceOf(fields, 'last'), wants: wantsOf(fields), wantsBefore };
}

/** Reads a body of `POST /api/ods/notifications` (MESH §4). Throws PeerMessageMalformed. */
export function readPush(value: unknown): ReceivedPush {
  const fields = fieldsOf(value);
  return { ...readPosition(fields), since: sequenceOf(fields, 'since'), isRepair: fields['repair'] === true };
}

/** Servers of the version before name no numbers. */
function refusalsOf({ refused = [], refused_seqs: seqs = [] }: Fields): Pick<Acknowledgement, 'refusedSeqs' | 'refusedReason'> {
  const reason: unknown = Array.isArray(refused) ? refused[0] : null;
  const refusedSeqs = Array.isArray(seqs) ? seqs.filter(isSequence).slice(0, FEED_PAGE_LIMIT) : [];
  return { refusedSeqs, refusedReason: typeof reason === 'string' ? reason : null };
}

/** Reads the answer to a push. Throws PeerMessageMalformed. */
export function readAcknowledgement(value: unknown): Acknowledgement {
  const fields = fieldsOf(value);
  return { epoch: epochOf(fields), wants: wantsOf(fields), isPaused: fields['paused'] === true, ...refusalsOf(fields) };
}
