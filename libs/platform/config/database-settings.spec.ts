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
