import { settings } from './settings.js';
import { faultsOfEnvironment, faultsOfFile } from './unknown-settings.js';

const known = Object.keys(settings).flatMap((name) => [name, `${name}_FILE`]);
const meant = (name: string): string | undefined => /Did you mean (\w+)\?/.exec(faultsOfEnvironment([name], known)[0]?.fault ?? '')?.[1];

describe('names of settings in the environment', () => {
  it.each([
    ['TRUST_PORXY', 'TRUST_PROXY'],
    ['TRUSTPROXY', 'TRUST_PROXY'],
    ['Trust_Proxy', 'TRUST_PROXY'],
    ['MAX_UPLOAD_BYTE', 'MAX_UPLOAD_BYTES'],
    ['MAX_UPLAOD_BYTES', 'MAX_UPLOAD_BYTES'],
    ['RETENTION_DAY', 'RETENTION_DAYS'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABASE_URL_FIEL', 'DATABASE_URL_FILE'],
    ['ODS_TRUST_PROXY', 'TRUST_PROXY'],
    ['ODS_PORT', 'PORT'],
    ['UPLOAD_STAGING_DIRS', 'UPLOAD_STAGING_DIR'],
  ])('%s is refused for %s', (name, setting) => expect(meant(name)).toBe(setting));

  it.each([
    ...[
      'HOSTNAME',
      'HOSTTYPE',
      'USER',
      'PORTAL',
      'PATH',
      'REDIS_PORT',
      'REDIS_SERVICE_HOST',
      'MYSQL_ROOT_PASSWORD',
      'MYSQL_HOST',
      'MYSQL_PORT',
    ],
    ...[
      'FTP_PROXY',
      'ALL_PROXY',
      'RSYNC_PROXY',
      'POSTGRES_PASSWORD',
      'OTEL_EXPORTER_OTLP_TIMEOUT',
      'NODE_OPTIONS',
      'ODS_CONF',
      'ODS_TEST_WITHOUT',
    ],
    ...['LOG_LEVEL', 'DEBUG_COLORS', 'npm_config_port', 'host', 'CELERY_BACKEND', 'SECRET_NAME', 'XDG_DATA_DIRS', 'DATA_DIRECTORY'],
  ])('%s may be of another program', (name) => expect(meant(name)).toBeUndefined());
});

describe('names of settings in a file', () => {
  it('are all meant for ODS', () => {
    expect(faultsOfFile(['PORT', 'CELERY_BACKEND', 'NODE_EXTRA_CA_CERTS'], known)).toEqual([]);
    expect(faultsOfFile(['TRUST_PROXI', 'BACKUP_SCHEDULE', 'port'], known)).toEqual([
      'has the setting TRUST_PROXI, which is not known. Did you mean TRUST_PROXY?',
      'has the setting BACKUP_SCHEDULE, which is not known. docs/configuration.md lists all.',
      'has the setting port, which is not known. Did you mean PORT?',
    ]);
  });
});
