import { isBeyond } from './clock-comparison.js';
import { mergeRegisters, type Registers, type Update } from './register.js';

/**
 * Merges, where a wrong clock may have stamped what is known: a write that is stamped later than `latestMs` (docs/adr/0014) loses to every
 * other of its part, and a deletion also to a content. Null while there is no content, stage or notes.
 */
export function mergeInForce(before: Registers | null, update: Update, latestMs: number | null): Registers | null {
  if (!before) return mergeRegisters(null, update);
  const { content, stage, notes, deletion } = before;
  const stays = (known: Registers['deletion'] | Registers[keyof Registers], isReplaced: boolean): boolean =>
    known !== null && !(isReplaced && isBeyond(known.stamp, latestMs));
  return mergeRegisters(
    {
      content: stays(content, Boolean(update.content)) ? content : null,
      stage: stays(stage, Boolean(update.stage)) ? stage : null,
      notes: stays(notes, Boolean(update.notes)) ? notes : null,
      deletion: stays(deletion, Boolean(update.content ?? update.deletion)) ? deletion : null,
    },
    update,
  );
}
