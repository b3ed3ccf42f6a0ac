import type { Entry } from './entry.js';
import { type ContentValue, flatten, type RegisterName, type Registers, type Update, type Write } from './register.js';
import { compareStamps, type Stamp } from './stamp.js';

/** What a server without registers has of the content of an entry. */
const contentOf = ({ uuid, size, sha1, sha256, manifestSha256, createdMs, originIss }: Entry): ContentValue => ({
  ...{ uuid, size, sha1, manifestSha256, createdMs, originIss },
  sha256: sha256 === '' ? null : sha256,
  root: null,
});

function writer({ filename }: Entry) {
  return <R extends RegisterName>(register: R, value: Write<R>['value'], stamp: Stamp): Write<R> => ({
    ...{ register, filename, stamp, value },
    space: '',
    replaces: stamp, // its author had seen everything before it, as far as anyone can know
    sig: null,
  });
}

/**
 * The registers of an entry that was written as one record: every one has its stamp. When the content of a deleted name was written
 * is not known, only that it was earlier: it gets the earliest stamp there is, the same at every server.
 */
export function legacyRegisters(entry: Entry): Registers {
  const write = writer(entry);
  const { stamp, deleted, originIss } = entry;
  return {
    content: write('content', contentOf(entry), deleted ? { wallMs: 0, counter: 0, iss: originIss } : stamp),
    stage: write('stage', entry.stage, stamp),
    notes: write('notes', entry.notes, stamp),
    deletion: deleted ? write('deletion', true, stamp) : null,
  };
}

const factsOf = ({ filename, uuid, size, sha1, sha256, manifestSha256, createdMs, originIss }: Entry): string =>
  JSON.stringify([filename, uuid, size, sha1, sha256, manifestSha256, createdMs, originIss]);

/**
 * What an entry of a server without registers says that is news here. Fields that say the same as ours keep our writes. The others
 * become writes with the entry's stamp. When that is the stamp of one of our writes, the entry is that write with other fields as they
 * were for the sender, so that only its register is compared.
 */
export function legacyUpdate(entry: Entry, current: Registers | null): Update {
  if (current === null) return legacyRegisters(entry);
  const write = writer(entry);
  const ours = flatten(current);
  const isStampOf = (register: RegisterName): boolean => {
    const known = current[register];
    return known !== null && compareStamps(known.stamp, entry.stamp) === 0;
  };
  const isEcho = isStampOf('content') || isStampOf('stage') || isStampOf('notes') || isStampOf('deletion');
  const isCompared = (register: RegisterName): boolean => !isEcho || isStampOf(register);
  const bringsBack = !entry.deleted && ours.deleted && compareStamps(entry.stamp, current.deletion!.stamp) > 0;
  const hasOtherContent = factsOf(entry) !== factsOf(ours);
  return {
    ...(isCompared('content') && !entry.deleted && (hasOtherContent || bringsBack)
      ? { content: write('content', contentOf(entry), entry.stamp) }
      : {}),
    ...(isCompared('stage') && entry.stage !== ours.stage ? { stage: write('stage', entry.stage, entry.stamp) } : {}),
    ...(isCompared('notes') && entry.notes !== ours.notes ? { notes: write('notes', entry.notes, entry.stamp) } : {}),
    ...(isCompared('deletion') && entry.deleted && !ours.deleted ? { deletion: write('deletion', true, entry.stamp) } : {}),
  };
}
