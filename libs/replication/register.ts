import type { Entry } from './entry.js';
import type { Stage } from './stage.js';
import { compareStamps, type Stamp } from './stamp.js';

/** The parts of an entry that are written separately, each last-writer-wins by its own stamp (docs/mesh.md §2). */
export const registerNames = ['content', 'stage', 'notes', 'deletion'] as const;
export type RegisterName = (typeof registerNames)[number];

export const rootAlgorithmNames = ['blake3', 'sha256'] as const;

/** What the blocks of a content are verified with. */
export interface ContentRootName {
  readonly algorithm: (typeof rootAlgorithmNames)[number];
  /** 64 lower case hexadecimal digits. */
  readonly hash: string;
}

export interface ContentValue {
  /** 32 hex digits; of a content with a root it is computed from what it names (`contentUuid`). */
  readonly uuid: string;
  /** Bytes. */
  readonly size: number;
  readonly sha1: string;
  /** Null when its author had not computed it yet. */
  readonly sha256: string | null;
  /** SHA-256 of the packed chunk list. */
  readonly manifestSha256: string;
  /** Null for content written by a server that knows no roots. */
  readonly root: ContentRootName | null;
  /** Epoch milliseconds of the first upload of this content. */
  readonly createdMs: number;
  readonly originIss: string;
}

interface Values {
  readonly content: ContentValue;
  readonly stage: Stage;
  readonly notes: string | null;
  /** Exists only when the name was deleted; in force while it is later than the content. */
  readonly deletion: true;
}

/** One write of one register. Its author is the server in its stamp. */
export interface Write<R extends RegisterName> {
  readonly register: R;
  /** Which catalog the name is in: '' is the share. */
  readonly space: string;
  /** The name as the author spelled it, Unicode NFC. */
  readonly filename: string;
  readonly stamp: Stamp;
  readonly value: Values[R];
  /**
   * Of `content` and `deletion`: the stamp of the content or deletion that was in force for the author, null for none. A write that
   * was made before there were registers names itself: its author is taken to have seen everything before it.
   */
  readonly replaces: Stamp | null;
  /** ES256 signature of the author over `signedText`, base64url; null for a write of a server that signs none. */
  readonly sig: string | null;
}

export type AnyWrite = { [R in RegisterName]: Write<R> }[RegisterName];

/** All that is in force under a name. */
export interface Registers {
  readonly content: Write<'content'>;
  readonly stage: Write<'stage'>;
  readonly notes: Write<'notes'>;
  readonly deletion: Write<'deletion'> | null;
}

/** Writes of one name that came together. */
export type Update = { readonly [R in RegisterName]?: Write<R> | null };

const stampArray = ({ wallMs, counter, iss }: Stamp): unknown[] => [wallMs, counter, iss];
const rootArray = (root: ContentRootName | null): unknown[] | null => root && [root.algorithm, root.hash];

function valueArray(write: AnyWrite): unknown[] {
  if (write.register !== 'content') return [write.value];
  const { uuid, size, sha1, sha256, manifestSha256, root, createdMs, originIss } = write.value;
  return [uuid, size, sha1, sha256, manifestSha256, rootArray(root), createdMs, originIss];
}

/** What the author signs: JSON without blanks, as UTF-8. */
export function signedText(write: AnyWrite): string {
  const { register, space, filename, stamp, replaces } = write;
  return JSON.stringify(['ods-write-1', register, space, filename, stampArray(stamp), valueArray(write), replaces && stampArray(replaces)]);
}

/**
 * Which of two writes of one register is in force: the greater stamp. With one stamp the signed one (the other came through a server
 * that passes no signatures on). Honest servers never give one stamp to two writes; should a broken one do so, the greater text wins;
 * of one text that was signed twice, the greater signature. A total order.
 */
export function compareWrites(a: AnyWrite, b: AnyWrite): number {
  const order = compareStamps(a.stamp, b.stamp);
  if (order !== 0) return order;
  if ((a.sig === null) !== (b.sig === null)) return a.sig === null ? -1 : 1;
  const [left, right] = [signedText(a), signedText(b)];
  if (left !== right) return left < right ? -1 : 1;
  const [ours, theirs] = [a.sig ?? '', b.sig ?? ''];
  return ours < theirs ? -1 : ours > theirs ? 1 : 0;
}

const greater = <W extends AnyWrite>(a: W | null | undefined, b: W | null | undefined): W | null => {
  if (!a || !b) return a ?? b ?? null;
  return compareWrites(b, a) > 0 ? b : a;
};

/** Commutative, associative and idempotent. */
export const mergeUpdates = (a: Update, b: Update): Update => ({
  content: greater(a.content, b.content),
  stage: greater(a.stage, b.stage),
  notes: greater(a.notes, b.notes),
  deletion: greater(a.deletion, b.deletion),
});

/** The same once a name is complete; null while there is no content, stage or notes for it. */
export function mergeRegisters(current: Update | null, update: Update): Registers | null {
  const { content, stage, notes, deletion } = mergeUpdates(current ?? {}, update);
  return content && stage && notes ? { content, stage, notes, deletion: deletion ?? null } : null;
}

export const writesOf = (update: Update): AnyWrite[] =>
  registerNames.map((name): AnyWrite | null | undefined => update[name]).filter((write) => write !== null && write !== undefined);

/** Puts writes of one name together; of two of one register the greater counts. */
export const updateOf = (writes: readonly AnyWrite[]): Update =>
  writes.reduce<Update>((update, write) => mergeUpdates(update, { [write.register]: write }), {});

/** Whether two states hold the same writes, signatures included. */
export const sameRegisters = (a: Registers, b: Registers): boolean =>
  registerNames.every((name) => {
    const [left, right] = [a[name], b[name]];
    return left === right || (left !== null && right !== null && compareWrites(left, right) === 0);
  });

/** Whether the name is deleted: a later content write (an upload, a restore) brings it back. */
export const isDeleted = ({ content, deletion }: Pick<Registers, 'content' | 'deletion'>): boolean =>
  deletion !== null && compareStamps(deletion.stamp, content.stamp) > 0;

/** The stamp of what is in force: of the deletion or of the content. */
export const stampInForce = (registers: Pick<Registers, 'content' | 'deletion'>): Stamp =>
  isDeleted(registers) ? registers.deletion!.stamp : registers.content.stamp;

const latest = (stamps: readonly Stamp[]): Stamp => stamps.reduce((a, b) => (compareStamps(a, b) >= 0 ? a : b));

/** The entry as one record: what people see, and what a server of the version before is sent. */
export function flatten(registers: Registers): Entry {
  const { content, stage, notes } = registers;
  const { sha256, ...value } = content.value;
  return {
    ...value,
    sha256: sha256 ?? '',
    filename: content.filename,
    stamp: latest(writesOf(registers).map((write) => write.stamp)),
    deleted: isDeleted(registers),
    stage: stage.value,
    notes: notes.value,
  };
}
