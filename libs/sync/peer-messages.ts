import { DomainError } from '#libs/platform/errors/domain-error.js';
import { FEED_PAGE_LIMIT } from './feed.js';
import type { ReceivedItem } from './inbox.js';

/** A peer sent something that is not the protocol. */
export class PeerMessageMalformed extends DomainError {
  readonly code = 'peer-message-malformed';
  readonly status = 400;
}

export interface ReceivedPage {
  readonly epoch: string;
  readonly items: ReceivedItem[];
  readonly next: number;
  readonly last: number;
}

export interface ReceivedPoke extends Omit<ReceivedPage, 'last'> {
  readonly since: number;
}

export interface Acknowledgement {
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
    const { entry, held } = fieldsOf(item);
    return { entry, held: held === true };
  });
}

const readItems = (fields: Fields) => ({ epoch: epochOf(fields), items: itemsOf(fields), next: sequenceOf(fields, 'next') });

/** Reads an answer of `GET /api/ods/catalog` (MESH §3). Throws PeerMessageMalformed. */
export function readPage(value: unknown): ReceivedPage {
  const fields = fieldsOf(value);
  return { ...readItems(fields), last: sequenceOf(fields, 'last') };
}

/** Reads a body of `POST /api/ods/notifications` (MESH §4). Throws PeerMessageMalformed. */
export function readPoke(value: unknown): ReceivedPoke {
  const fields = fieldsOf(value);
  return { ...readItems(fields), since: sequenceOf(fields, 'since') };
}

/** Reads the answer to a poke. Throws PeerMessageMalformed. */
export function readAcknowledgement(value: unknown): Acknowledgement {
  return { epoch: epochOf(fieldsOf(value)) };
}
