import { redisOptions } from './redis-options.js';

describe('redisOptions', () => {
  it.each([
    ['redis://cache', { host: 'cache', port: 6379 }],
    ['redis://cache:7000/2', { host: 'cache', port: 7000, db: 2 }],
    ['redis://:p%40ss@cache', { host: 'cache', port: 6379, password: 'p@ss' }],
    ['redis://ods:pw@cache/', { host: 'cache', port: 6379, username: 'ods', password: 'pw' }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['rediss://cache', { host: 'cache', port: 6379, tls: {} }],
  ])('reads %s', (url, options) => {
    const { retryStrategy, ...found } = redisOptions(url);
    expect(found).toEqual({ ...options, maxRetriesPerRequest: 3, enableReadyCheck: false });
    expect([1, 10, 1_000].map((attempts) => retryStrategy!(attempts))).toEqual([100, 1_000, 2_000]);
  });
});
