import { DomainError } from '#libs/platform/errors/domain-error.js';
import { FEED_PAGE_LIMIT } from './feed.js';
import type { ReceivedItem } from './inbox.js';

/** A peer sent something that is not the protocol. */
export class PeerMessageMalformed extends DomainError {
  readonly code = 'peer-message-malformed';
  readonly status = 400;
}

interface ReceivedItems {
  readonly epoch: string;
  readonly items: ReceivedItem[];
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

export interface ReceivedPoke extends ReceivedItems {
  readonly since: number;
}

export interface Acknowledgement extends ReceivedWants {
  /** Names the database of the peer that acknowledged. */
  readonly epoch: string;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new PeerMessageMalformed('The message must be a JSON object.');
}

function epochOf(fields: Fields): string {
  const { epoch } = fields;
  if (typeof epoch === 'string' && /^[0-9a-f]{32}$/.test(epoch)) return epoch;
  throw new PeerMessageMalformed('epoch must be 32 lower case hexadecimal digits.');
}

function sequenceOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PeerMessageMalformed(`${name} must be a sequence number.`);
}

function itemsOf({ items }: Fields): ReceivedItem[] {
  if (!Array.isArray(items) || items.length > FEED_PAGE_LIMIT) {
    throw new PeerMessageMalformed(`items must be a list of at most ${FEED_PAGE_LIMIT} entries.`);
  }
  return items.map((item: unknown) => {
    const { entry, held, server } = fieldsOf(item);
    return server === undefined ? { entry, held: held === true } : { held: false, server };
  });
}

/** Peers that can call us list none. */
function wantsOf({ wants = [] }: Fields): string[] {
  if (!Array.isArray(wants) || wants.length > FEED_PAGE_LIMIT) {
    throw new PeerMessageMalformed(`wants must be a list of at most ${FEED_PAGE_LIMIT} contents.`);
  }
  return wants.filter((uuid: unknown): uuid is string => typeof uuid === 'string' && /^[0-9a-f]{32}$/.test(uuid));
}

const readItems = (fields: Fields) => ({ epoch: epochOf(fields), items: itemsOf(fields), next: sequenceOf(fields, 'next') });

/** Reads an answer of `GET /api/ods/catalog` (MESH §3). Throws PeerMessageMalformed. */
export function readPage(value: unknown): ReceivedPage {
  const fields = fieldsOf(value);
  const wantsBefore = fields['wants_before'] == null ? null : sequenceOf(fields, 'wants_before');
  return { ...readItems(fields), last: sequenceOf(fields, 'last'), wants: wantsOf(fields), wantsBefore };
}

/** Reads a body of `POST /api/ods/notifications` (MESH §4). Throws PeerMessageMalformed. */
export function readPoke(value: unknown): ReceivedPoke {
  const fields = fieldsOf(value);
  return { ...readItems(fields), since: sequenceOf(fields, 'since') };
}

/** Reads the answer to a poke. Throws PeerMessageMalformed. */
export function readAcknowledgement(value: unknown): Acknowledgement {
  const fields = fieldsOf(value);
  return { epoch: epochOf(fields), wants: wantsOf(fields) };
}
