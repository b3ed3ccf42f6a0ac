import { describeRedis, parseRedisUrl } from './redis-url.js';

describe('REDIS_URL', () => {
  it.each([
    ['redis://cache', 'Redis at cache:6379'],
    ['redis+sentinel://ods:hunter2@one:1,two/main', 'Redis by the sentinels one:1, two:26379'],
    ['redis+cluster://:hunter2@one:1,two', 'The Redis cluster of one:1, two:6379'],
  ])('%s is shown as: %s', (url, shown) => {
    expect(describeRedis(parseRedisUrl(url))).toBe(shown);
  });

  it.each([
    ['amqp://broker', 'must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.'],
    ['redis+sentinal://one/main', 'must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.'],
    ['redis://one,two', 'must be of the form redis://HOST:PORT or redis://USER:PASSWORD@HOST:PORT/NUMBER.'],
    ['redis://cache/db', 'must be of the form redis://'],
    ['redis://cache:99999', 'must be of the form redis://'],
    ['redis://:%zz@cache', 'must be of the form redis://'],
    ['redis://cache?timeout=1', 'must be of the form redis://'],
    ['redis+sentinel://one:1,two:2', 'must be of the form redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME or …/NAME/NUMBER.'],
    ['redis+sentinel://one/main/x', 'must be of the form redis+sentinel://'],
    ['redis+cluster://one/0', 'must be of the form redis+cluster://USER:PASSWORD@HOST:PORT,HOST:PORT.'],
    ['redis+cluster://one,', 'must be of the form redis+cluster://'],
  ])('refuses %s', (url, fault) => {
    expect(() => parseRedisUrl(url)).toThrow(fault);
  });
});
