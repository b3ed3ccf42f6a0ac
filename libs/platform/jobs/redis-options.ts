import type { RedisOptions } from './bull-job-queue.js';

/** Bull's own grows to 20 s: so long jobs would wait for a Redis that is back. */
const reconnectDelay = (attempts: number): number => Math.min(100 * attempts, 2_000);

/** Connection options from redis[s]://[user:password@]host[:port][/db]. */
export function redisOptions(url: string): RedisOptions {
  const { hostname, port, username, password, pathname, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'), // IPv6
    port: Number(port || 6379),
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
    // Otherwise a call hangs for ever while Redis is away, instead of failing so that the job table takes over.
    maxRetriesPerRequest: 3,
    enableReadyCheck: false,
    retryStrategy: reconnectDelay,
  };
}
