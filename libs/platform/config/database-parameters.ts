import { readFileSync } from 'node:fs';
import { unknownName } from '../format/nearest-name.js';
import type { DatabaseTls, MssqlEncryption } from './config.js';

const withTls = /^(true|1|require|required|verify-ca|verify_ca|verify-full|verify_identity)$/i;
const withoutTls = /^(false|0|disable|disabled)$/i;

/** What says whether a connection is encrypted: one of these. */
const tlsWords = ['sslmode', 'ssl-mode', 'ssl'];
/** Names of files, as the programs of each database call them. */
const tlsFiles = {
  postgres: { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' },
  mysql: { ca: 'ssl-ca', cert: 'ssl-cert', key: 'ssl-key' },
} as const;

const known = {
  postgres: [...tlsWords, ...Object.values(tlsFiles.postgres), 'host', 'target_session_attrs'],
  mysql: [...tlsWords, ...Object.values(tlsFiles.mysql), 'socketPath'],
  mssql: ['encrypt', 'trustServerCertificate'],
} as const;

/** An unknown parameter would be ignored in silence: a time-out, or encryption that the administrator relies upon. */
export function requireKnownParameters(kind: keyof typeof known, parameters: URLSearchParams): void {
  for (const name of parameters.keys()) {
    if (!(known[kind] as readonly string[]).includes(name))
      throw new Error(`has an unknown parameter. ${unknownName('parameter', name, known[kind])}`);
    if (parameters.getAll(name).length > 1) throw new Error(`must have the parameter ${name} once.`);
  }
}

/** A PEM file. Throws an Error whose message completes the name of the setting. */
export function certificateOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

/** The files that are given, and TLS when there is one: a certificate says that encryption is wanted. */
export function tlsOf(isWanted: boolean, files: Readonly<Record<'ca' | 'cert' | 'key', string | null>>): DatabaseTls {
  const given = Object.entries(files).flatMap(([name, file]) => (file === null ? [] : [[name, certificateOf(file)] as const]));
  if (given.length === 0) return isWanted;
  if (!isWanted) throw new Error('must not name certificates for a connection without TLS.');
  if ((files.cert === null) !== (files.key === null)) throw new Error('must name a certificate together with its key.');
  return Object.fromEntries(given);
}

/** An unknown word must not be taken for "no TLS": the password would travel in the clear. */
export function tlsOfUrl(kind: keyof typeof tlsFiles, parameters: URLSearchParams): DatabaseTls {
  const [first, second] = tlsWords.filter((name) => parameters.has(name));
  if (second !== undefined) throw new Error(`must have one of the parameters ${tlsWords.join(', ')}, not ${first} and ${second}.`);
  const { ca, cert, key } = tlsFiles[kind];
  const files = { ca: parameters.get(ca), cert: parameters.get(cert), key: parameters.get(key) };
  const word = (first && parameters.get(first)) || null;
  if (word !== null && !withTls.test(word) && !withoutTls.test(word))
    throw new Error(`must say sslmode=require or sslmode=disable, not "${word}".`);
  const isWanted = word === null ? Object.values(files).some((file) => file !== null) : withTls.test(word);
  return tlsOf(isWanted, files);
}

/** One of the words; the first when none is given. */
function wordOf(parameters: URLSearchParams, name: string, words: readonly string[]): string {
  const word = parameters.get(name) ?? words[0]!;
  if (!words.includes(word)) throw new Error(`must say ${words.map((each) => `${name}=${each}`).join(' or ')}, not "${word}".`);
  return word;
}

/** Whether a server that only reads will not do. */
export const needsWrites = (parameters: URLSearchParams): boolean =>
  wordOf(parameters, 'target_session_attrs', ['any', 'read-write']) === 'read-write';

/** Encrypted, and by a server that proves who it is, unless the URL says otherwise. */
export function mssqlEncryption(parameters: URLSearchParams): MssqlEncryption {
  const encrypt = wordOf(parameters, 'encrypt', ['true', 'false', 'strict']);
  const trustServerCertificate = wordOf(parameters, 'trustServerCertificate', ['false', 'true']) === 'true';
  return { encrypt: encrypt === 'strict' ? encrypt : encrypt === 'true', trustServerCertificate };
}

/** The socket on this machine that stands in the place of a host: a directory for PostgreSQL, a file for MySQL; null when none is given. */
export function socketOf(kind: 'postgres' | 'mysql', parameters: URLSearchParams): string | null {
  const name = kind === 'postgres' ? 'host' : 'socketPath';
  const socket = parameters.get(name);
  if (socket !== null && !socket.startsWith('/')) throw new Error(`must give the whole path of the socket: ${name}=/PATH.`);
  return socket;
}
