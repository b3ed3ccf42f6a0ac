/** One server of Redis. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface RedisAccess {
  /** The server; the sentinels; or some of the nodes of a cluster. */
  readonly nodes: readonly RedisNode[];
  readonly username?: string;
  readonly password?: string;
  readonly tls: boolean;
}

export type RedisAddress =
  | (RedisAccess & { readonly kind: 'single'; readonly db: number })
  | (RedisAccess & { readonly kind: 'sentinel'; readonly name: string; readonly db: number })
  | (RedisAccess & { readonly kind: 'cluster' });

const PORT = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;
type Kind = keyof typeof PORT;

const forms = {
  single: 'redis://HOST:PORT or redis://USER:PASSWORD@HOST:PORT/NUMBER',
  sentinel: 'redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME or …/NAME/NUMBER',
  cluster: 'redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT',
} as const;

const whole = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/?#]+)(?:\/([^?#]*))?$/;
const single = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/i;

/** Where Redis is, of REDIS_URL. Throws an Error whose message completes the name of the variable and repeats nothing of it. */
export function parseRedisUrl(text: string): RedisAddress {
  if (!/^rediss?(\+(sentinel|cluster))?:\/\//.test(text))
    throw new Error('must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.');
  const kind = (/^rediss?\+(\w+)/.exec(text)?.[1] ?? 'single') as Kind;
  try {
    return parsed(kind, text);
  } catch {
    throw new Error(`must be of the form ${forms[kind]}.`);
  }
}

function parsed(kind: Kind, text: string): RedisAddress {
  const [, s, , user, password, hosts, path = ''] = whole.exec(text)!;
  const access = {
    nodes: hosts!.split(',').map((host) => nodeOf(host, PORT[kind])),
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    tls: s === 's',
  };
  const [name = '', db] = kind === 'sentinel' ? path.split('/') : ['-', path];
  const isWrong = (kind === 'single' && access.nodes.length > 1) || (kind === 'cluster' && path !== '') || name === '';
  if (isWrong || !/^\d*$/.test(db ?? '')) throw new Error('not of the form');
  if (kind === 'cluster') return { kind, ...access };
  return kind === 'single'
    ? { kind, ...access, db: Number(db ?? 0) }
    : { kind, ...access, name: decodeURIComponent(name), db: Number(db ?? 0) };
}

function nodeOf(text: string, defaultPort: number): RedisNode {
  const [, six, host, port = defaultPort] = single.exec(text.trim())!;
  if (Number(port) > 65_535) throw new Error('no port');
  return { host: (six ?? host)!, port: Number(port) };
}

/** For people: where it is, without what opens it. */
export function describeRedis({ kind, nodes }: RedisAddress): string {
  const list = nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
  return { single: `Redis at ${list}`, sentinel: `Redis by the sentinels ${list}`, cluster: `The Redis cluster of ${list}` }[kind];
}
