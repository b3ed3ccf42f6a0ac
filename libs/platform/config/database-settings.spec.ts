import type { DatabaseSettings } from './config.js';
import { databaseSettings } from './database-settings.js';
import type { Settings } from './settings.js';

const settingsOf = (DATABASE_URL: string): DatabaseSettings => databaseSettings({ DATABASE_URL } as unknown as Settings, '/data');

describe('mssql://', () => {
  const server = { kind: 'mssql', host: 'db', port: 1433, user: 'ods', password: 'p@ss/w:rd', database: 'ods' };

  it.each([
    ['mssql://ods:p%40ss%2Fw%3Ard@db/ods', { ...server, encrypt: true, trustServerCertificate: false }],
    ['mssql://ods:p%40ss%2Fw%3Ard@db:1500/ods?encrypt=false', { ...server, port: 1500, encrypt: false, trustServerCertificate: false }],
    ['mssql://ods:p%40ss%2Fw%3Ard@db/ods?encrypt=strict', { ...server, encrypt: 'strict', trustServerCertificate: false }],
    [
      'mssql://ods:p%40ss%2Fw%3Ard@db/ods?encrypt=true&trustServerCertificate=true',
      { ...server, encrypt: true, trustServerCertificate: true },
    ],
  ])('reads %s', (url, settings) => {
    expect(settingsOf(url)).toEqual(settings);
  });

  it.each([
    ['encrpyt=true', 'has an unknown parameter. There is no parameter "encrpyt". Did you mean "encrypt"?'],
    ['sslmode=require', 'has an unknown parameter. '],
    ['encrypt=yes', 'must say encrypt=true or encrypt=false or encrypt=strict, not "yes".'],
    ['trustServerCertificate=1', 'must say trustServerCertificate=false or trustServerCertificate=true, not "1".'],
    ['encrypt=true&encrypt=false', 'must have the parameter encrypt once.'],
  ])('refuses ?%s', (parameters, fault) => {
    expect(() => settingsOf(`mssql://ods:hunter2@db/ods?${parameters}`)).toThrow(fault);
  });

  it('leaves the parameters of the others as they were', () => {
    expect(() => settingsOf('postgres://ods@db/ods?encrypt=true')).toThrow('has an unknown parameter.');
  });
});

describe('postgres:// and mysql://', () => {
  const pg = { kind: 'postgres', host: 'a', port: 5432, user: 'ods', password: 'pw', database: 'ods', tls: false };

  it.each([
    [
      'postgres://ods:pw@a,b:6000,[::1]/ods?target_session_attrs=read-write',
      {
        ...pg,
        others: [
          { host: 'b', port: 6000 },
          { host: '::1', port: 5432 },
        ],
        needsWrites: true,
      },
    ],
    ['postgres://ods:pw@a/ods?target_session_attrs=any', pg],
    ['postgres://ods:pw@/ods?host=/run/postgresql', { ...pg, host: 'localhost', socket: '/run/postgresql' }],
    ['postgres://ods:pw@:5433/ods?host=%2Frun%2Fpostgresql', { ...pg, host: 'localhost', port: 5433, socket: '/run/postgresql' }],
    ['mysql://ods:pw@/ods?socketPath=/run/m.sock', { ...pg, kind: 'mysql', host: 'localhost', port: 3306, socket: '/run/m.sock' }],
  ])('reads %s', (url, settings) => {
    expect(settingsOf(url)).toEqual(settings);
  });

  it.each([
    ['postgres://ods:pw@a,b:99999/ods', 'must be HOST or HOST:PORT'],
    ['mysql://ods:pw@a,b/ods', 'must be of the form'],
    ['postgres://ods:pw@/ods', 'must be of the form'],
    ['postgres://ods:pw@a/ods?host=run', 'must give the whole path of the socket: host=/PATH.'],
    [
      'postgres://ods:pw@a/ods?target_session_attrs=primary',
      'must say target_session_attrs=any or target_session_attrs=read-write, not "primary".',
    ],
    ['postgres://ods:pw@a/ods?sslrootcert=/nowhere.pem', 'names /nowhere.pem, which cannot be read (ENOENT).'],
    ['postgres://ods:pw@a/ods?sslcert=package.json', 'must name a certificate together with its key.'],
    ['mysql://ods:pw@a/ods?ssl-mode=disabled&ssl-ca=package.json', 'must not name certificates for a connection without TLS.'],
    ['mysql://ods:pw@a/ods?sslrootcert=package.json', 'has an unknown parameter.'],
    ['mysql://ods:pw@a/ods?ssl=true&sslmode=require', 'must have one of the parameters sslmode, ssl-mode, ssl, not sslmode and ssl.'],
  ])('refuses %s', (url, fault) => {
    expect(() => settingsOf(url)).toThrow(fault);
  });
});
