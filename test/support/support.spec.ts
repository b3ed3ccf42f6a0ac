import mysql from 'mysql2/promise';
import pg from 'pg';
import { forEachDatabase } from './databases.js';
import { eventually } from './eventually.js';
import { sharedService, startNginx, startRedis } from './services.js';

describe('services', () => {
  it('gives redis that can be taken away and brought back on the same port', async () => {
    const redis = await startRedis();
    const first = redis.pid;
    await redis.stop('SIGKILL');
    await redis.start();
    expect(redis.pid).not.toBe(first);
    await redis.dispose();
  });

  it('gives nginx with a configuration of the caller', async () => {
    const nginx = await startNginx((port) => `server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } }`);
    expect(await (await fetch(nginx.url)).text()).toBe('hello');
    await nginx.dispose();
  });

  it('says why a service cannot start', async () => {
    await expect(startNginx(() => 'nonsense;')).rejects.toThrow(/unknown directive "nonsense"/);
  });

  it('lends one shared redis to all', async () => {
    expect(await sharedService('redis')).toBe(await sharedService('redis'));
  });
});

forEachDatabase((database) => {
  it('is an empty database that answers', async () => {
    const { kind, url } = database;
    if (kind === 'postgres') {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      expect((await client.query("select count(*)::int n from pg_tables where schemaname = 'public'")).rows).toEqual([{ n: 0 }]);
      await client.end();
    } else if (kind === 'mariadb') {
      const client = await mysql.createConnection(url.replace('mariadb:', 'mysql:'));
      expect((await client.query('show tables'))[0]).toEqual([]);
      await client.end();
    }
    expect(await database.another()).not.toBe(url);
  });
});

describe('eventually', () => {
  it('answers the first value that is not thrown', async () => {
    let calls = 0;
    const value = await eventually(() => {
      if (++calls < 3) throw new Error('not yet');
      return calls;
    });
    expect(value).toBe(3);
  });

  it('throws the last error when the time is up', async () => {
    await expect(eventually(() => expect(1).toBe(2), { timeoutMs: 60 })).rejects.toThrow(/Expected: .*2/s);
  });
});
