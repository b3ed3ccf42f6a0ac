import { checkEntryName, filenameKey } from '#libs/packages/filename.js';
import { isTextSignedWith } from '#libs/platform/crypto/es256.js';
import { isSelfCertified } from '#libs/replication/content-uuid.js';
import type { RefusalCode } from '#libs/replication/refusal.js';
import { type AnyWrite, signedText, type Update } from '#libs/replication/register.js';
import { isTooFarAhead } from '#libs/replication/stamp.js';
import { EntryMalformed } from '#libs/replication/wire-fields.js';
import type { KeyRing } from './author-keys.js';

/** What writes are judged by. */
export interface Judges {
  readonly ring: KeyRing;
  readonly acceptsUnsigned: boolean;
  readonly nowMs: number;
}

export interface Fault {
  readonly code: RefusalCode;
  readonly reason: string;
}

export const tooFarAhead = (filename: string, wallMs: number, nowMs: number): Fault => ({
  code: 'future',
  reason: `The entry of ${filename} is stamped ${new Date(wallMs).toISOString()}, but here it is ${new Date(nowMs).toISOString()}: one of the servers has a wrong clock.`,
});

/** Throws EntryMalformed, or what is wrong with the name. */
export function checkName(filename: string): void {
  if (checkEntryName(filename) !== filename) throw new EntryMalformed('The filename is not in Unicode NFC.');
}

/** Of a name that was deleted before there were registers it is not known who wrote its content, and that is never in force. */
const isPlaceholder = (write: AnyWrite, { content, deletion }: Update): boolean =>
  write.register === 'content' && write === content && write.stamp.wallMs === 0 && Boolean(deletion);

function signatureFault(write: AnyWrite, { ring }: Judges): Fault | null {
  const { filename, register, stamp, sig } = write;
  const keys = ring.get(stamp.iss);
  if (!keys) return { code: 'unknown-key', reason: `The ${register} of ${filename} was signed by a server whose key is not known here.` };
  if (keys.some((key) => isTextSignedWith(key, signedText(write), sig!))) return null;
  return { code: 'signature', reason: `The ${register} of ${filename} was not signed by the server that it names as its author.` };
}

/** What is wrong with a write; null when nothing is. */
export function faultOf(write: AnyWrite, key: string, update: Update, judges: Judges): Fault | null {
  const { filename, register, stamp, sig, space } = write;
  if (filenameKey(filename) !== key) return { code: 'malformed', reason: `The ${register} of ${filename} came under another name.` };
  if (isTooFarAhead(stamp, judges.nowMs)) return tooFarAhead(filename, stamp.wallMs, judges.nowMs);
  if (write.register === 'content' && !isSelfCertified(space, filename, write.value))
    return { code: 'other-facts', reason: `The content of ${filename} has a uuid that does not belong to its bytes.` };
  if (sig !== null) return signatureFault(write, judges);
  if (judges.acceptsUnsigned || isPlaceholder(write, update)) return null;
  return {
    code: 'unsigned',
    reason: `The ${register} of ${filename} is not signed. Servers of the version before do not sign; ACCEPT_UNSIGNED_WRITES=true accepts what they write.`,
  };
}
