import path from 'node:path';
import type { DatabaseSettings, MssqlEncryption } from './config.js';
import { unknownName } from '../format/nearest-name.js';
import type { Settings } from './settings.js';

const ports = { mysql: 3306, mariadb: 3306, postgres: 5432, mssql: 1433 } as const;
const withTls = /^(true|1|require|required|verify-ca|verify_ca|verify-full|verify_identity)$/i;
const withoutTls = /^(|false|0|disable|disabled)$/i;

/** Where the tables are. Throws an Error whose message completes the name of the variable, and repeats no password. */
export function databaseSettings(values: Settings, dataDir: string): DatabaseSettings {
  if (values.DATABASE_URL) return parseDatabaseUrl(values.DATABASE_URL, dataDir);
  if (values.MYSQL_SERVER) {
    const { host, port } = parseServer(values.MYSQL_SERVER);
    const { MYSQL_USER: user, MYSQL_PASSWORD: password, MYSQL_DATABASE: database } = values;
    return { kind: 'mysql', host, port, user, password: password ?? '', database, tls: false };
  }
  return { kind: 'sqlite', file: path.join(dataDir, 'ods.sqlite') };
}

function parseServer(text: string): { host: string; port: number } {
  const authority = text.replace(/^mysql:\/\//, '').replace(/\/$/, '');
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@[\]]+))(?::(\d{1,5}))?$/i.exec(authority);
  const port = Number(match?.[3] ?? ports.mysql);
  if (!match || port > 65_535) throw new Error('must be HOST or HOST:PORT, with an IPv6 address in [brackets].');
  return { host: (match[1] ?? match[2])!, port };
}

function parseDatabaseUrl(text: string, dataDir: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) return sqliteSettings(text.slice('sqlite:'.length), dataDir);
  const scheme = /^(postgres(?:ql)?|mysql|mariadb|mssql):/.exec(text)?.[1];
  if (!scheme) throw new Error('must start with postgres://, mysql://, mariadb://, mssql:// or sqlite:.');
  const url = asUrl(text);
  const kind = scheme.startsWith('postgres') ? 'postgres' : (scheme as keyof typeof ports);
  const address = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || ports[kind]),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
  };
  if (kind === 'mssql') return { kind, ...address, ...mssqlEncryption(url.searchParams) };
  requireKnownParameters(url.searchParams, tlsParameters);
  requireOne(url.searchParams);
  return { kind, ...address, tls: wantsTls(url.searchParams) };
}

function sqliteSettings(text: string, dataDir: string): DatabaseSettings {
  const file = text.replace(/^\/\/(?=\/)/, '');
  const parameter = /\?([^=&]*)/.exec(file)?.[1];
  if (parameter !== undefined) throw new Error(`has an unknown parameter. ${unknownName('parameter', parameter, [])}`);
  if (file === '') throw new Error('must name a file: sqlite:FILE.');
  return { kind: 'sqlite', file: file === ':memory:' ? file : path.resolve(dataDir, file) };
}

function asUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url?.hostname || url.pathname.length < 2) {
    throw new Error('must be of the form KIND://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded.');
  }
  return url;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('must have special characters percent-encoded: % itself is %25.');
  }
}

const tlsParameters = ['sslmode', 'ssl-mode', 'ssl'];

/** An unknown parameter would be ignored in silence: a time-out, or encryption that the administrator relies upon. */
function requireKnownParameters(parameters: URLSearchParams, known: readonly string[]): void {
  for (const name of parameters.keys())
    if (!known.includes(name)) throw new Error(`has an unknown parameter. ${unknownName('parameter', name, known)}`);
}

function requireOne(parameters: URLSearchParams): void {
  const [first, second] = [...parameters.keys()];
  if (second !== undefined) throw new Error(`must have one of the parameters ${tlsParameters.join(', ')}, not ${first} and ${second}.`);
}

/** An unknown word must not be taken for "no TLS": the password would travel in the clear. */
function wantsTls(parameters: URLSearchParams): boolean {
  const word = tlsParameters.map((name) => parameters.get(name)).find((value) => value !== null) ?? '';
  if (withTls.test(word)) return true;
  if (withoutTls.test(word)) return false;
  throw new Error(`must say sslmode=require or sslmode=disable, not "${word}".`);
}

const mssqlParameters = ['encrypt', 'trustServerCertificate'];

/** Encrypted, and by a server that proves who it is, unless the URL says otherwise. */
function mssqlEncryption(parameters: URLSearchParams): MssqlEncryption {
  requireKnownParameters(parameters, mssqlParameters);
  const read = (name: string, words: readonly string[]): string => {
    const values = parameters.getAll(name);
    if (values.length > 1) throw new Error(`must have the parameter ${name} once.`);
    const word = values[0] ?? words[0]!;
    if (!words.includes(word)) throw new Error(`must say ${words.map((each) => `${name}=${each}`).join(' or ')}, not "${word}".`);
    return word;
  };
  const encrypt = read('encrypt', ['true', 'false', 'strict']);
  const trustServerCertificate = read('trustServerCertificate', ['false', 'true']) === 'true';
  return { encrypt: encrypt === 'strict' ? encrypt : encrypt === 'true', trustServerCertificate };
}
