/** Lone halves of a surrogate pair, and control characters but tab and line ends: no file, database or terminal treats them alike. */
const forbidden = /\p{Cs}|(?![\t\n\r])\p{Cc}/u;

/**
 * What is wrong with a text that people or other servers give, in words that follow its name; null when nothing is. One rule for every
 * entrance: the API, forms, upload metadata and what servers send each other. PostgreSQL takes no NUL, and UTF-8 has no lone surrogates.
 */
export function faultOfText(text: string): string | null {
  if (!forbidden.test(text)) return null;
  if (text.includes('\0')) return 'has a NUL character.';
  return /\p{Cs}/u.test(text) ? 'is not valid Unicode: it has half of a surrogate pair.' : 'has control characters.';
}

/** The text as one that every database, log and page takes: to be shown, of what was refused. Its line ends are blanks. */
export const shownText = (text: string): string => text.replace(/[\t\n\r]+/g, ' ').replace(/\p{Cs}|\p{Cc}/gu, '\uFFFD');
