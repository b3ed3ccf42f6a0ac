import { signText } from '#libs/platform/crypto/es256.js';
import {
  type AnyWrite,
  type ContentValue,
  type Registers,
  signedText,
  stampInForce,
  type Update,
  updateOf,
} from '#libs/replication/register.js';
import { isBeyond } from '#libs/replication/clock-comparison.js';
import { spaceOf } from '#libs/replication/space.js';
import type { Stage } from '#libs/replication/stage.js';
import type { Stamp } from '#libs/replication/stamp.js';

/** What a local write says; stamp, signature and sequence number are the catalog's to give. Parts that are left out stay as they are. */
export interface Draft {
  readonly content?: ContentValue & { readonly filename: string };
  readonly stage?: Stage;
  readonly notes?: string | null;
  readonly deleted?: true;
}

/** Who writes, and when. */
export interface Author {
  readonly stamp: Stamp;
  /** ES256, PKCS #8 PEM. */
  readonly privateKey: string;
}

/** The same writes, those of this server signed. */
export function signOwnWrites(registers: Registers, iss: string, privateKey: string): Registers {
  const signed = <W extends AnyWrite>(write: W): W => (write.sig === null && write.stamp.iss === iss ? sign(write, privateKey) : write);
  const { content, stage, notes, deletion } = registers;
  return { content: signed(content), stage: signed(stage), notes: signed(notes), deletion: deletion && signed(deletion) };
}

/** The same writes, those of this server that are stamped later than `latestMs` anew. */
export function restampOwnWrites(registers: Registers, latestMs: number, { stamp, privateKey }: Author): Registers {
  const restamped = <W extends AnyWrite>(write: W): W =>
    write.stamp.iss === stamp.iss && isBeyond(write.stamp, latestMs) ? sign({ ...write, stamp }, privateKey) : write;
  const { content, stage, notes, deletion } = registers;
  return { content: restamped(content), stage: restamped(stage), notes: restamped(notes), deletion: deletion && restamped(deletion) };
}

/** The signed writes of a draft. `filename` names an entry that gets no new content. */
export function signDraft(draft: Draft, filename: string, current: Registers | null, { stamp, privateKey }: Author): Update {
  const seen = current && stampInForce(current);
  const name = draft.content?.filename ?? current?.content.filename ?? filename;
  const base = { space: spaceOf(name), filename: name, stamp, sig: null };
  const unsigned: AnyWrite[] = [];
  if (draft.content) {
    const { filename: _, ...value } = draft.content;
    unsigned.push({ ...base, register: 'content', value, replaces: seen });
  }
  if (draft.stage !== undefined) unsigned.push({ ...base, register: 'stage', value: draft.stage, replaces: null });
  if (draft.notes !== undefined) unsigned.push({ ...base, register: 'notes', value: draft.notes, replaces: null });
  if (draft.deleted) unsigned.push({ ...base, register: 'deletion', value: true, replaces: seen });
  return updateOf(unsigned.map((write) => sign(write, privateKey)));
}

const sign = <W extends AnyWrite>(write: W, privateKey: string): W => ({ ...write, sig: signText(signedText(write), privateKey) });
