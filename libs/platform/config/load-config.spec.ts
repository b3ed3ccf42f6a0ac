import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseSettings } from './config.js';
import { ConfigInvalid, loadConfig } from './load-config.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OLD_KEY = Buffer.alloc(32, 9).toString('hex');
const SECRET = 'a secret of at least thirty-two characters';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'ods-config-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const load = (env: NodeJS.ProcessEnv = {}) => loadConfig({ DATA_DIR: dataDir, SECRET_KEY: SECRET, DATABASE_KEY: KEY, ...env });
const file = (name: string, content: string): string => {
  const full = path.join(dataDir, name);
  writeFileSync(full, content);
  return full;
};

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.faults;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

describe('loadConfig', () => {
  it('needs nothing but a directory', () => {
    const config = loadConfig({ DATA_DIR: dataDir });
    expect(config.get('PORT')).toBe(8080);
    expect(config.get('HOST')).toBe('0.0.0.0');
    expect(config.get('dataDir')).toBe(dataDir);
    expect(config.get('stagingDir')).toBe(path.join(dataDir, 'staging'));
    expect(config.get('database')).toEqual({ kind: 'sqlite', file: path.join(dataDir, 'ods.sqlite') });
    expect(config.runsJobsEmbedded).toBe(true);
    expect(config.get('generatedKeys')).toBe(true);
  });

  it('is frozen', () => {
    const { values } = load();
    expect(() => Object.assign(values, { PORT: 1 })).toThrow(TypeError);
  });

  it('lists every fault at once, each with the name and the value that is wrong', () => {
    const faults = faultsOf({
      PORT: 'eighty',
      DEBUG: 'perhaps',
      LOG_FORMAT: 'xml',
      MAX_UPLOAD_BYTES: 'huge',
      JOB_CONCURRENCY: '0',
      SECRET_KEY: 'short',
      DATABASE_KEY: 'c2hvcnQ=',
      DATABASE_URL: 'oracle://db/ods',
      REDIS_URL: 'amqp://broker',
    });
    expect(faults).toEqual(
      [
        'SECRET_KEY must have at least 32 characters.',
        'PORT must be a whole number from 0 to 65535, not "eighty".',
        'DEBUG must be true or false, not "perhaps".',
        'LOG_FORMAT must be one of auto, json, pretty, not "xml".',
        'MAX_UPLOAD_BYTES must be a number of bytes such as 500M or 20G, not "huge".',
        'JOB_CONCURRENCY must be a whole number from 1 to 256, not "0".',
        'DATABASE_KEY must be 32 random bytes in base64 or hex; "openssl rand -base64 32" prints one.',
        'DATABASE_URL must start with postgres://, mysql://, mariadb://, mssql:// or sqlite:.',
        'REDIS_URL must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.',
      ].sort((a, b) => faults.indexOf(a) - faults.indexOf(b)),
    );
    expect(new ConfigInvalid(faults).message).toContain('9 faults');
  });

  it('never repeats a secret in a fault', () => {
    const faults = faultsOf({
      SECRET_KEY: 'hunter2',
      DATABASE_KEY: 'hunter2',
      DATABASE_URL: 'postgres://ods:hunter2@db:port/ods',
      REDIS_URL: 'redis://:hunter2@cache:port',
    });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('generates no key while there is a fault', () => {
    expect(() => loadConfig({ DATA_DIR: dataDir, PORT: 'x' })).toThrow(ConfigInvalid);
    expect(() => statSync(path.join(dataDir, 'keys/database.key'))).toThrow('ENOENT');
  });

  it.each(['0x1f', '1e3', ' ', '-1', '8080.0', '70000'])('refuses "%s" as a port', (PORT) => {
    expect(faultsOf({ PORT })).toHaveLength(1);
  });

  it('says what to do about a directory that cannot be made', () => {
    const blocked = path.join(file('a-file', ''), 'data');
    expect(faultsOf({ DATA_DIR: blocked })).toEqual([
      expect.stringMatching(/^DATA_DIR .*cannot be written \((?:ENOTDIR|EEXIST)\).*set DATA_DIR/),
    ]);
  });
});

describe('UPLOAD_STAGING_DIR', () => {
  it.each(['', 'content', 'share', 'keys'])('is no directory with another purpose: DATA_DIR/%s', (name) => {
    const taken = path.join(dataDir, name);
    expect(faultsOf({ DATA_DIR: dataDir, UPLOAD_STAGING_DIRECTORY: taken })).toEqual([
      `UPLOAD_STAGING_DIRECTORY must be a directory of its own: ${taken} has another purpose.`,
    ]);
  });
});

describe('bytes', () => {
  it.each([
    ['1024', 1024],
    ['500M', 500 * 2 ** 20],
    ['20G', 20 * 2 ** 30],
    ['20gb', 20 * 2 ** 30],
    ['20 GiB', 20 * 2 ** 30],
    ['3k', 3072],
    ['1T', 2 ** 40],
    ['0', 0],
    ['7b', 7],
  ])('reads %s', (DISK_RESERVE_BYTES, size) => {
    expect(load({ DISK_RESERVE_BYTES }).get('DISK_RESERVE_BYTES')).toBe(size);
  });

  it.each(['1.5G', '-1', '1X', 'G', '9000000T', '1e9'])('refuses %s', (MAX_UPLOAD_BYTES) => {
    expect(faultsOf({ MAX_UPLOAD_BYTES })).toEqual([
      `MAX_UPLOAD_BYTES must be a number of bytes such as 500M or 20G, not "${MAX_UPLOAD_BYTES}".`,
    ]);
  });
});

describe('ODS_CONF', () => {
  it('reads KEY=value lines under the environment, in the forms people write', () => {
    const ODS_CONF = file(
      'ods.conf',
      [
        '# a comment',
        '',
        'PORT = 9000',
        'export HOST="::1"',
        "MYSQL_USER = 'ann'  # quoted, as in the reference's Python form",
        'MYSQL_PASSWORD=pa#ss=word',
        'JOB_CONCURRENCY=3\r',
      ].join('\n'),
    );
    const config = load({ ODS_CONF, JOB_CONCURRENCY: '5' });
    expect(config.values).toMatchObject({ PORT: 9000, HOST: '::1', MYSQL_USER: 'ann', MYSQL_PASSWORD: 'pa#ss=word', JOB_CONCURRENCY: 5 });
  });

  it('is not overruled by an empty variable, which means "not given"', () => {
    expect(load({ ODS_CONF: file('ods.conf', 'PORT=9000'), PORT: '' }).get('PORT')).toBe(9000);
  });

  it('names the line that is wrong, without what stands there', () => {
    expect(faultsOf({ ODS_CONF: file('ods.conf', 'PORT=1\nhunter2 hunter2\n') })).toEqual(['ODS_CONF has a line 2 that is not KEY=value.']);
  });

  it('names the file that is missing', () => {
    expect(faultsOf({ ODS_CONF: '/nowhere/ods.conf' })).toEqual(['ODS_CONF names /nowhere/ods.conf, which cannot be read (ENOENT).']);
  });
});

describe('NAME_FILE', () => {
  it('reads a secret from a file', () => {
    const config = load({ SECRET_KEY: undefined, SECRET_KEY_FILE: file('secret', `${SECRET} from a file\n`) });
    expect(config.get('secretKey')).toBe(`${SECRET} from a file`);
  });

  it('counts when the variable itself is empty, as compose files leave it', () => {
    expect(load({ SECRET_KEY: '', SECRET_KEY_FILE: file('secret', `${SECRET}!`) }).get('secretKey')).toBe(`${SECRET}!`);
  });

  it('loses to the variable itself', () => {
    expect(load({ SECRET_KEY_FILE: file('secret', 'x'.repeat(40)) }).get('secretKey')).toBe(SECRET);
  });

  it('is a fault when the file is not there: a generated key would be used unnoticed', () => {
    expect(faultsOf({ SECRET_KEY: undefined, SECRET_KEY_FILE: '/run/secrets/typo' })).toEqual([
      'SECRET_KEY_FILE names /run/secrets/typo, which cannot be read (ENOENT).',
    ]);
  });

  it('leaves the variables of others alone', () => {
    expect(load({ SOMEBODY_ELSES_FILE: '/nowhere' }).get('secretKey')).toBe(SECRET);
  });
});

describe('REDIS_URL', () => {
  it('is also called CELERY_BROKER_URL', () => {
    const config = load({ CELERY_BROKER_URL: 'redis://cache:6379' });
    expect(config.get('REDIS_URL')).toBe('redis://cache:6379');
    expect(config.runsJobsEmbedded).toBe(false);
  });

  it('is named in a fault as it was given', () => {
    expect(faultsOf({ CELERY_BROKER_URL: 'amqp://broker' })).toEqual([
      'CELERY_BROKER_URL must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.',
    ]);
    expect(faultsOf({ UPLOAD_STAGING_DIRECTORY: '', REDIS_URL: '', CELERY_BROKER_URL: 'x', PORT: '99999' })).toEqual([
      'PORT must be a whole number from 0 to 65535, not "99999".',
      'CELERY_BROKER_URL must start with redis:// or rediss://, redis+sentinel:// or redis+cluster://.',
    ]);
  });

  it('wins over its other name, unless it is empty', () => {
    expect(load({ REDIS_URL: 'redis://a', CELERY_BROKER_URL: 'redis://b' }).get('REDIS_URL')).toBe('redis://a');
    expect(load({ REDIS_URL: '', CELERY_BROKER_URL: 'redis://b' }).get('REDIS_URL')).toBe('redis://b');
  });

  it.each(['redis://cache:notaport', 'redis://', 'redis://cache/db'])('is refused when it cannot be used: %s', (REDIS_URL) => {
    expect(faultsOf({ REDIS_URL })).toEqual([expect.stringMatching(/^REDIS_URL must/)]);
  });
});

describe('UPLOAD_STAGING_DIR', () => {
  it('is taken as given, also under its other name in the reference', () => {
    expect(load({ UPLOAD_STAGING_DIR: '/srv/staging' }).get('stagingDir')).toBe('/srv/staging');
    expect(load({ UPLOAD_STAGING_DIRECTORY: '/srv/staging' }).get('stagingDir')).toBe('/srv/staging');
  });
});

describe('the database', () => {
  const server = { host: 'db', user: 'ods', password: 'p@ss/w:rd', database: 'ods', tls: false };
  it.each<[string, DatabaseSettings]>([
    ['postgres://ods:p%40ss%2Fw%3Ard@db/ods', { ...server, kind: 'postgres', port: 5432 }],
    ['postgresql://ods:p%40ss%2Fw%3Ard@db:6000/ods', { ...server, kind: 'postgres', port: 6000 }],
    ['mysql://ods:p%40ss%2Fw%3Ard@db/ods', { ...server, kind: 'mysql', port: 3306 }],
    ['mariadb://ods:p%40ss%2Fw%3Ard@db/ods?ssl=true', { ...server, kind: 'mariadb', port: 3306, tls: true }],
    ['postgres://ods:p%40ss%2Fw%3Ard@db/ods?sslmode=require', { ...server, kind: 'postgres', port: 5432, tls: true }],
    ['postgres://ods:p%40ss%2Fw%3Ard@db/ods?sslmode=verify-ca', { ...server, kind: 'postgres', port: 5432, tls: true }],
    ['mysql://ods:p%40ss%2Fw%3Ard@db/ods?ssl-mode=REQUIRED', { ...server, kind: 'mysql', port: 3306, tls: true }],
    ['postgres://ods:p%40ss%2Fw%3Ard@db/ods?sslmode=disable', { ...server, kind: 'postgres', port: 5432 }],
    ['postgres://ods:p%40ss%2Fw%3Ard@[::1]/ods', { ...server, host: '::1', kind: 'postgres', port: 5432 }],
    ['sqlite:/srv/ods.sqlite', { kind: 'sqlite', file: '/srv/ods.sqlite' }],
    ['sqlite:///srv/ods.sqlite', { kind: 'sqlite', file: '/srv/ods.sqlite' }],
    ['sqlite::memory:', { kind: 'sqlite', file: ':memory:' }],
  ])('reads %s', (DATABASE_URL, settings) => {
    expect(load({ DATABASE_URL }).get('database')).toEqual(settings);
  });

  it('takes a relative SQLite file from DATA_DIR', () => {
    expect(load({ DATABASE_URL: 'sqlite:my.db' }).get('database')).toEqual({ kind: 'sqlite', file: path.join(dataDir, 'my.db') });
  });

  it.each([
    'postgres://',
    'postgres://ods@db',
    'postgres:///ods',
    'postgres://ods:%zz@db/ods',
    'postgres://ods@db:99999/ods',
    'sqlite:',
    // Taken as "no TLS" it would send the password in the clear.
    'postgres://ods@db/ods?sslmode=requrie',
  ])('refuses %s', (DATABASE_URL) => {
    expect(faultsOf({ DATABASE_URL })).toEqual([expect.stringMatching(/^DATABASE_URL must /)]);
  });

  const mysql = { kind: 'mysql', user: 'ods', password: 'pw', database: 'ods', tls: false };
  it.each([
    ['db', { ...mysql, host: 'db', port: 3306 }],
    ['db:3307', { ...mysql, host: 'db', port: 3307 }],
    ['mysql://db:3307', { ...mysql, host: 'db', port: 3307 }],
    ['mysql://db:3307/', { ...mysql, host: 'db', port: 3307 }],
    ['[::1]:3307', { ...mysql, host: '::1', port: 3307 }],
  ])('reads MYSQL_SERVER=%s', (MYSQL_SERVER, settings) => {
    expect(load({ MYSQL_SERVER, MYSQL_PASSWORD: 'pw' }).get('database')).toEqual(settings);
  });

  it.each(['db:port', '::1', 'postgres://db', 'db:0x1'])('refuses MYSQL_SERVER=%s', (MYSQL_SERVER) => {
    expect(faultsOf({ MYSQL_SERVER })).toEqual([expect.stringMatching(/^MYSQL_SERVER must /)]);
  });
});

describe('keys', () => {
  it('are generated once, for their owner only, and found again', () => {
    const first = loadConfig({ DATA_DIR: dataDir });
    const second = loadConfig({ DATA_DIR: dataDir });
    expect(second.get('secretKey')).toBe(first.get('secretKey'));
    expect(second.get('databaseKeys')).toEqual(first.get('databaseKeys'));
    expect(first.get('secretKey')).not.toBe(first.get('databaseKeys')[0]!.key.toString('base64'));
    for (const name of ['secret.key', 'database.key']) {
      expect(statSync(path.join(dataDir, 'keys', name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(path.join(dataDir, 'keys')).mode & 0o777).toBe(0o700);
  });

  it('do not lock a web server out of DATA_DIR, which holds the public files', () => {
    const fresh = path.join(dataDir, 'fresh');
    loadConfig({ DATA_DIR: fresh });
    expect(statSync(fresh).mode & 0o055).toBe(0o055);
  });

  it('that are given leave the disk alone', () => {
    expect(load().get('generatedKeys')).toBe(false);
    expect(() => readFileSync(path.join(dataDir, 'keys/secret.key'))).toThrow('ENOENT');
  });

  it('rotate: the first of several encrypts, all are kept', () => {
    const keys = load({ DATABASE_KEY: `${KEY}, ${OLD_KEY}` }).get('databaseKeys');
    expect(keys.map(({ key }) => key[0])).toEqual([7, 9]);
    expect(new Set(keys.map(({ id }) => id)).size).toBe(2);
  });

  it.each(['', 'short'])('refuses a key file that holds "%s"', (content) => {
    mkdirSync(path.join(dataDir, 'keys'));
    const secret = file('keys/secret.key', content);
    expect(() => loadConfig({ DATA_DIR: dataDir })).toThrow(`${secret} does not hold a key`);
  });
});

describe('a value that makes no sense', () => {
  it.each([
    [
      { ACCEL_REDIRECT_PREFIX: 'content' },
      'ACCEL_REDIRECT_PREFIX must be a location that begins with a slash, such as /_content, not "content".',
    ],
    [{ ACCEL_REDIRECT_PREFIX: '/' }, expect.stringContaining('must be a location')],
    [{ ACCEL_REDIRECT_PREFIX: '/a/../b' }, expect.stringContaining('must be a location')],
    [{ ACCEL_REDIRECT_PREFIX: '/_content?x' }, expect.stringContaining('must be a location')],
    [{ SCRUB_BYTES_PER_SECOND: '1' }, 'SCRUB_BYTES_PER_SECOND must be at least 64K, not "1".'],
    [{ SCRUB_BYTES_PER_SECOND: '0' }, 'SCRUB_BYTES_PER_SECOND must be at least 64K, not "0".'],
    [{ MAX_UPLOAD_BYTES: '0' }, 'MAX_UPLOAD_BYTES must be at least 1K, not "0".'],
  ])('stops the start: %j', (environment, fault) => {
    expect(faultsOf(environment)).toEqual([fault]);
  });

  it.each(['/_content', '/internal/ods/', '/a.b~c-d'])('is not a location such as %s', (ACCEL_REDIRECT_PREFIX) => {
    expect(load({ ACCEL_REDIRECT_PREFIX }).get('ACCEL_REDIRECT_PREFIX')).toBe(ACCEL_REDIRECT_PREFIX);
  });
});
