import { faultOfText } from './plain-text.js';
import { MAX_COUNTER, type Stamp } from './stamp.js';
import { stages, type Stage } from './stage.js';

/** What a peer sent is not an entry; says which field is wrong. */
export class EntryMalformed extends Error {
  override readonly name = 'EntryMalformed';
}

/** Larger than any file a server accepts by configuration: a bound on hostile numbers (256 TiB). */
export const MAX_SIZE = 2 ** 48;
const MAX_NOTES = 4_000;

export type Fields = Readonly<Record<string, unknown>>;

export interface WireStamp {
  readonly wall_ms: number;
  readonly counter: number;
  readonly iss: string;
}

export const stampToWire = ({ wallMs, counter, iss }: Stamp): WireStamp => ({ wall_ms: wallMs, counter, iss });

export function hex(source: Fields, name: string, length: number): string {
  const value = source[name];
  if (typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value)) return value;
  throw new EntryMalformed(`${name} must be ${length} lower case hexadecimal digits.`);
}

export function whole(source: Fields, name: string, most: number): number {
  const value = source[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new EntryMalformed(`${name} must be a whole number from 0 to ${most}.`);
}

export function fields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new EntryMalformed(`${name} must be an object.`);
}

export function stageOf(value: unknown): Stage {
  const stage = stages.find((known) => known === value);
  if (!stage) throw new EntryMalformed(`stage must be one of ${stages.join(', ')}.`);
  return stage;
}

/** Text as the one rule for texts has it. */
export function notesOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string' || value.length > MAX_NOTES)
    throw new EntryMalformed(`notes must be text of at most ${MAX_NOTES} characters.`);
  const fault = faultOfText(value);
  if (fault !== null) throw new EntryMalformed(`The text of notes ${fault}`);
  return value;
}

export function filenameOf(value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 255) return value;
  throw new EntryMalformed('filename must be text of 1 to 255 characters.');
}

export function stampFromWire(value: unknown, name = 'stamp'): Stamp {
  const stamp = fields(value, name);
  return {
    wallMs: whole(stamp, 'wall_ms', Number.MAX_SAFE_INTEGER),
    counter: whole(stamp, 'counter', MAX_COUNTER),
    iss: hex(stamp, 'iss', 32),
  };
}
