import { Cluster, type ClusterOptions, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisAddress } from '../config/redis-url.js';
import type { QueueConnection } from './bull-job-queue.js';

/** Bull's own grows to 20 s: so long jobs would wait for a Redis that is back. */
const reconnectDelay = (attempts: number): number => Math.min(100 * attempts, 2_000);

/** A call hangs for ever while Redis is away otherwise, instead of failing so that the job table takes over. */
const MOST_RETRIES = 3;

/** How Bull connects, and the connections that it does not end itself. */
export interface RedisConnection {
  readonly options: QueueConnection;
  readonly own: Cluster[];
}

const signIn = ({ username, password, tls }: RedisAddress): RedisOptions => ({
  ...(username ? { username } : {}),
  ...(password ? { password } : {}),
  ...(tls ? { tls: {} } : {}),
});

/** One server, or the one that the sentinels name at the moment. */
function serverOptions(address: Exclude<RedisAddress, { kind: 'cluster' }>): RedisOptions {
  const place =
    address.kind === 'single'
      ? address.nodes[0]!
      : {
          sentinels: [...address.nodes],
          name: address.name,
          enableTLSForSentinelMode: address.tls,
          // A master that became a replica refuses to write: the sentinels know the new one.
          reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
        };
  return {
    ...place,
    ...signIn(address),
    ...(address.db > 0 ? { db: address.db } : {}),
    maxRetriesPerRequest: MOST_RETRIES,
    enableReadyCheck: false,
    retryStrategy: reconnectDelay,
  };
}

/** Bull waits for jobs and events without an end, and takes no connection that gives up. */
function clusterOptions(address: RedisAddress, type: string): ClusterOptions {
  const maxRetriesPerRequest = type === 'client' ? MOST_RETRIES : null;
  return {
    redisOptions: { ...signIn(address), maxRetriesPerRequest, enableReadyCheck: false },
    enableReadyCheck: false,
    clusterRetryStrategy: reconnectDelay,
    ...(address.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}), // a certificate names the host
  };
}

/**
 * How to reach the queues of a server. A Redis may serve several, so queues are named after theirs; in a cluster the name in braces keeps all keys
 * of a queue on one node, as its scripts need it.
 */
export function redisConnection(url: string, iss: string): RedisConnection {
  const address = parseRedisUrl(url);
  if (address.kind !== 'cluster') return { options: { redis: serverOptions(address), prefix: `ods:${iss}` }, own: [] };
  const own: Cluster[] = [];
  const createClient = (type: string): never => {
    const cluster = new Cluster([...address.nodes], clusterOptions(address, type));
    own.push(cluster);
    return cluster as never; // Bull uses what both have
  };
  return { options: { createClient, prefix: `{ods:${iss}}` }, own };
}
