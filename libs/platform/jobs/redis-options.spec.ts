import { redisConnection } from './redis-options.js';

describe('redisConnection', () => {
  it.each([
    ['redis://cache', { host: 'cache', port: 6379 }],
    ['redis://cache:7000/2', { host: 'cache', port: 7000, db: 2 }],
    ['redis://:p%40ss@cache', { host: 'cache', port: 6379, password: 'p@ss' }],
    ['redis://ods:pw@cache/', { host: 'cache', port: 6379, username: 'ods', password: 'pw' }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['rediss://cache', { host: 'cache', port: 6379, tls: {} }],
  ])('reads %s', (url, options) => {
    const { redis, prefix, createClient } = redisConnection(url, 'iss').options;
    const { retryStrategy, ...found } = redis as { retryStrategy(attempts: number): number };
    expect(found).toEqual({ ...options, maxRetriesPerRequest: 3, enableReadyCheck: false });
    expect([1, 10, 1_000].map((attempts) => retryStrategy(attempts))).toEqual([100, 1_000, 2_000]);
    expect([prefix, createClient]).toEqual(['ods:iss', undefined]);
  });

  it('asks sentinels for the master, with the password of the master', () => {
    const { redis, prefix } = redisConnection('rediss+sentinel://:p%40ss@one,[::1]:7000/my%20master/3', 'iss').options;
    const sentinels = [
      { host: 'one', port: 26_379 },
      { host: '::1', port: 7_000 },
    ];
    expect(redis).toMatchObject({ sentinels, name: 'my master', password: 'p@ss', db: 3, tls: {}, enableTLSForSentinelMode: true });
    expect(prefix).toBe('ods:iss');
  });

  it('keeps the keys of a server on one node of a cluster', () => {
    const { options, own } = redisConnection('redis+cluster://one:7000,two', 'iss');
    expect(options).toEqual({ prefix: '{ods:iss}', createClient: expect.any(Function) });
    expect(own).toEqual([]);
  });
});
