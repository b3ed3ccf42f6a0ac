import { commonWords } from './common-passwords.js';

/** The first password of the reference documents: everybody knows it. */
export const DEFAULT_PASSWORD = 'ods1234!';

export const PASSWORD_LENGTH = { least: 12, most: 256 } as const;
const LEAST_DIFFERENT_CHARACTERS = 5;
/** Names shorter than this turn up in good passwords by chance. */
const SHORTEST_TELLING_NAME = 3;

const lookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
];
const sequences = rows.flatMap((row) => [row, [...row].reverse().join('')]);

/** What is wrong with a new password, a sentence for each fault; empty when it is good. */
export function faultsOfPassword(password: string, username: string): string[] {
  const { least, most } = PASSWORD_LENGTH;
  const characters = [...password.normalize('NFKC')];
  const plain = characters.join('').toLowerCase();
  const faults: string[] = [];
  if (characters.length < least) faults.push(`A password has at least ${least} characters.`);
  if (characters.length > most) faults.push(`A password has at most ${most} characters.`);
  if (new Set(characters).size < LEAST_DIFFERENT_CHARACTERS) {
    faults.push(`A password has at least ${LEAST_DIFFERENT_CHARACTERS} different characters.`);
  }
  if (username.length >= SHORTEST_TELLING_NAME && plain.includes(username.toLowerCase())) {
    faults.push('A password does not contain the user name.');
  }
  if (plain.includes(DEFAULT_PASSWORD.slice(0, -1)) || isCommon(plain)) {
    faults.push('This password is among those that are tried first. Take several words that do not belong together.');
  }
  return faults;
}

function isCommon(plain: string): boolean {
  const unit = /^(.+?)\1+$/su.exec(plain)?.[1] ?? plain;
  const bare = withoutEdges(unit);
  const readings = [unit, bare, readAsLetters(bare), withoutEdges(readAsLetters(unit))];
  return unit.length <= 4 || bare === '' || sequences.some((sequence) => sequence.includes(unit)) || readings.some(isCommonWord);
}

/** The word without the digits and signs that people put around it. */
const withoutEdges = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
const readAsLetters = (text: string): string => text.replace(/[013457@$!]/g, (sign) => lookalikes[sign] ?? sign);
const isCommonWord = (text: string): boolean => commonWords.has(text) || commonWords.has(text.replace(/[^\p{L}]/gu, ''));
