import path from 'node:path';
import type { DatabaseHost, DatabaseSettings } from './config.js';
import { mssqlEncryption, needsWrites, requireKnownParameters, socketOf, tlsOf, tlsOfUrl } from './database-parameters.js';
import { unknownName } from '../format/nearest-name.js';
import type { Settings } from './settings.js';

const ports = { mysql: 3306, mariadb: 3306, postgres: 5432, mssql: 1433 } as const;

/** Where the tables are. Throws an Error whose message completes the name of the variable, and repeats no password. */
export function databaseSettings(values: Settings, dataDir: string): DatabaseSettings {
  if (values.DATABASE_URL) return parseDatabaseUrl(values.DATABASE_URL, dataDir);
  if (values.MYSQL_SERVER || values.MYSQL_SOCKET) return mysqlSettings(values);
  return { kind: 'sqlite', file: path.join(dataDir, 'ods.sqlite') };
}

function mysqlSettings(values: Settings): DatabaseSettings {
  const { MYSQL_USER: user, MYSQL_PASSWORD: password, MYSQL_DATABASE: database, MYSQL_SOCKET: socket } = values;
  const authority = (values.MYSQL_SERVER ?? 'localhost').replace(/^mysql:\/\//, '').replace(/\/$/, '');
  const files = { ca: values.MYSQL_TLS_CA ?? null, cert: values.MYSQL_TLS_CERT ?? null, key: values.MYSQL_TLS_KEY ?? null };
  return {
    kind: 'mysql',
    ...hostOf(authority, ports.mysql),
    ...{ user, password: password ?? '', database },
    tls: tlsOf(values.MYSQL_TLS === true || Object.values(files).some((file) => file !== null), files),
    ...(socket ? { socket } : {}),
  };
}

function hostOf(text: string, defaultPort: number): DatabaseHost {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:/?#@[\]\s]+))(?::(\d{1,5}))?$/i.exec(text);
  const port = Number(match?.[3] ?? defaultPort);
  if (!match || port > 65_535) throw new Error('must be HOST or HOST:PORT, with an IPv6 address in [brackets].');
  return { host: (match[1] ?? match[2])!, port };
}

function parseDatabaseUrl(text: string, dataDir: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) return sqliteSettings(text.slice('sqlite:'.length), dataDir);
  const scheme = /^(postgres(?:ql)?|mysql|mariadb|mssql):/.exec(text)?.[1];
  if (!scheme) throw new Error('must start with postgres://, mysql://, mariadb://, mssql:// or sqlite:.');
  const kind = scheme.startsWith('postgres') ? 'postgres' : (scheme as keyof typeof ports);
  const { url, others } = asUrl(text, kind);
  const { searchParams: parameters } = url;
  const address = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || ports[kind]),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
  };
  const family = kind === 'mariadb' ? 'mysql' : kind;
  requireKnownParameters(family, parameters);
  if (family === 'mssql') return { kind: family, ...address, ...mssqlEncryption(parameters) };
  const socket = socketOf(family, parameters);
  return {
    kind: kind as 'postgres' | 'mysql' | 'mariadb',
    ...address,
    tls: tlsOfUrl(family, parameters),
    ...(socket === null ? {} : { socket }),
    ...(others.length > 0 ? { others } : {}),
    ...(needsWrites(parameters) ? { needsWrites: true } : {}),
  };
}

function sqliteSettings(text: string, dataDir: string): DatabaseSettings {
  const file = text.replace(/^\/\/(?=\/)/, '');
  const parameter = /\?([^=&]*)/.exec(file)?.[1];
  if (parameter !== undefined) throw new Error(`has an unknown parameter. ${unknownName('parameter', parameter, [])}`);
  if (file === '') throw new Error('must name a file: sqlite:FILE.');
  return { kind: 'sqlite', file: file === ':memory:' ? file : path.resolve(dataDir, file) };
}

/** The URL with its first host; PostgreSQL may have more, and a socket needs none. */
function asUrl(text: string, kind: keyof typeof ports): { url: URL; others: DatabaseHost[] } {
  const [, start, hosts, end] = /^(\w+:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s.exec(text) ?? [];
  const [first = '', ...more] = (hosts ?? '').split(',');
  const hasSocket = /[?&](host|socketPath)=/.test(end ?? '');
  const whole = `${start}${first === '' || first.startsWith(':') ? `${hasSocket ? 'localhost' : ''}${first}` : first}${end}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (!url?.hostname || url.pathname.length < 2 || (more.length > 0 && kind !== 'postgres')) {
    throw new Error('must be of the form KIND://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded.');
  }
  return { url, others: more.map((each) => hostOf(each, ports[kind])) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error('must have special characters percent-encoded: % itself is %25.');
  }
}
