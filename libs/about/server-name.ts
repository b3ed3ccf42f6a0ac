/** Longest name, in UTF-16 units: what the database column holds. */
export const NAME_LIMIT = 100;

/** The name of a server without spaces around it, or a sentence about what is wrong with it. It is shown to people and logged, on every peer. */
export function checkServerName(text: string): { name: string } | { fault: string } {
  const name = text.trim().normalize('NFC');
  if (name === '') return { fault: 'The name is empty.' };
  if (name.length > NAME_LIMIT) return { fault: `The name is longer than ${NAME_LIMIT} characters.` };
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)) return { fault: 'The name has control characters.' };
  return { name };
}
