import { parseDatabaseKeys } from './keys.js';
import { bytes, flag, integer, oneOf, optionalText, secretText, text } from './knobs.js';

const MS_DAY = 86_400_000;

function checkRedisUrl(text: string): void {
  if (!/^rediss?:\/\//.test(text)) throw new Error('must start with redis:// or rediss://.');
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url?.hostname || !/^\/?\d*$/.test(url.pathname))
    throw new Error('must be of the form redis://HOST:PORT or redis://USER:PASSWORD@HOST:PORT/NUMBER.');
}

function checkOrigins(text: string): void {
  for (const origin of text.split(',').map((part) => part.trim())) {
    const url = URL.canParse(origin) ? new URL(origin) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.origin !== origin)
      throw new Error(`must be origins such as https://tools.example.org, not "${origin}".`);
  }
}

function checkCollector(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw new Error('must be of the form http://HOST:4318; what proves who we are belongs into OTEL_EXPORTER_OTLP_HEADERS.');
}

/** Every environment variable that ODS reads. docs/configuration.md is generated from this table. */
export const settings = {
  HOST: text('0.0.0.0', 'Address to listen on.'),
  PORT: integer(8080, [0, 65_535], 'TCP port to listen on; 0 takes any free one.'),
  WORKER_PORT: integer(0, [0, 65_535], 'TCP port on which a worker answers /healthz, /readyz and /metrics; 0 opens none.'),
  DATA_DIR: text('./data', 'Where packages, the SQLite database and generated keys are kept.'),
  UPLOAD_STAGING_DIR: optionalText(
    'Where unfinished uploads and transfers are kept. Must be on the same file system as DATA_DIR, so that publishing is a rename. Default: DATA_DIR/staging.',
  ),
  SECRET_KEY: secretText(
    'Signs sign-in tokens. At least 32 characters. Generated into DATA_DIR when not given; give it when several processes on different machines serve one site.',
    (key) => {
      if (key.length < 32) throw new Error('must have at least 32 characters.');
    },
  ),
  DATABASE_KEY: secretText(
    '32 random bytes in base64 or hex that encrypt secrets in the database. Generated into DATA_DIR when not given. Old keys follow after commas and are used for reading only.',
    parseDatabaseKeys,
  ),
  DATABASE_URL: secretText('postgres://…, mysql://…, mariadb://… or sqlite:FILE. Default: SQLite in DATA_DIR.'),
  MYSQL_SERVER: optionalText('MySQL or MariaDB server, HOST or HOST:PORT.'),
  MYSQL_DATABASE: text('ods', 'Name of the MySQL database.'),
  MYSQL_USER: text('ods', 'MySQL user.'),
  MYSQL_PASSWORD: secretText('MySQL password.'),
  REDIS_URL: secretText(
    'redis://HOST:PORT. When set, jobs travel over Redis to worker processes; when not, they run inside the server. CELERY_BROKER_URL is another name for it.',
    checkRedisUrl,
  ),
  ADMIN_PASSWORD: secretText(
    "First administrator's password for unattended set-up. Without it the first sign-in is admin / ods1234! and opens nothing but the page that sets a new password.",
  ),
  METRICS_TOKEN: secretText('Bearer token for /metrics. Without it, figures are told to this machine only.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText(
    'OpenTelemetry collector that takes traces over OTLP/HTTP: http://HOST:4318. Sampling is set by the usual OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG.',
    checkCollector,
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secretText('Headers for that collector: NAME=VALUE,NAME=VALUE.'),
  OTEL_SERVICE_NAME: text('ods', 'What this server is called in traces.'),
  DEBUG: flag(false, 'Log more.'),
  LOG_FORMAT: oneOf(['auto', 'json', 'pretty'], 'auto', 'auto is pretty on a terminal, JSON elsewhere.'),
  TRUST_PROXY: flag(false, 'Believe the X-Forwarded-* headers of the nearest proxy. Only behind a proxy that sets them.'),
  ACCEL_REDIRECT_PREFIX: optionalText(
    'nginx internal location of DATA_DIR/content. When set, nginx sends the bytes of downloads (X-Accel-Redirect).',
  ),
  MAX_UPLOAD_BYTES: bytes('64G', 'Largest package that is accepted.'),
  UPLOAD_IDLE_SECONDS: integer(60, [1, 3_600], 'An upload of which nothing arrives for this long is cut.'),
  UPLOAD_EXPIRY_HOURS: integer(72, [1, 8_760], 'A resumable upload that nobody goes on with for this long is removed.'),
  API_RATE_PER_MINUTE: integer(
    6_000,
    [0, 10_000_000],
    'Calls of the admin API that one token may make in a minute, and five times as many from one address; counted by each process. 0: no limit.',
  ),
  CORS_ORIGINS: optionalText(
    'Origins whose pages may call the admin API with an API token, separated by commas: https://tools.example.org. Default: none.',
    checkOrigins,
  ),
  DISK_RESERVE_BYTES: bytes('512M', 'Free space that uploads and transfers never eat.'),
  JOB_CONCURRENCY: integer(8, [1, 256], 'Jobs that one process runs at a time.'),
  TRANSFER_CONCURRENCY: integer(3, [1, 64], 'Packages that one process fetches at a time.'),
  TRANSFER_CONNECTIONS: integer(4, [1, 32], 'Parallel range requests of one transfer.'),
  RECONCILE_SECONDS: integer(180, [1, 86_400], "How often every peer's catalog is compared with ours."),
  RETENTION_DAYS: integer(14, [0, 3_650], 'How long superseded and deleted content stays restorable.'),
  WEBHOOK_ALLOW_LOCAL: flag(false, 'Send webhooks also to this machine, link-local and metadata addresses. For tests.'),
  WEBHOOK_LOG_DAYS: integer(14, [1, 365], 'How long deliveries of webhooks are kept.'),
  EVENT_RETENTION_DAYS: integer(7, [1, 3_650], 'How long events are kept for pages and webhooks that were away.'),
  SCRUB_DAYS: integer(
    30,
    [0, 3_650],
    'Every content on disk is read again and compared with its SHA-256 at least this often; 0 switches that off.',
  ),
  SCRUB_BYTES_PER_SECOND: bytes('10M', 'How fast contents are read for that at most.'),
  MASS_DELETE_PACKAGES: integer(10, [1, 1_000_000], 'Fewer packages than this may always be deleted or withdrawn without being asked.'),
  MASS_DELETE_PERCENT: integer(
    20,
    [0, 100],
    'When more than this share of the packages would be deleted or withdrawn within MASS_DELETE_WINDOW_MINUTES, by news of other servers it is held until an administrator decides, and by people of this server it asks for confirmation. 100 switches that off.',
  ),
  MASS_DELETE_WINDOW_MINUTES: integer(60, [1, 10_080], 'See MASS_DELETE_PERCENT.'),
  AUDIT_RETENTION_DAYS: integer(400, [0, 36_500], 'How long the audit trail is kept; 0 keeps it for ever.'),
  PEER_TIMEOUT_MS: integer(15_000, [100, MS_DAY], 'How long a call to a peer may stall.'),
  JOB_POLL_MS: integer(1_000, [10, 60_000], 'How often due jobs are looked for in the database.'),
  JOB_LEASE_MS: integer(30_000, [200, 600_000], 'A running job whose process has not been heard of for this long is given to another one.'),
  ACCESS_TOKEN_SECONDS: integer(900, [1, 86_400], 'How long an access token of a sign-in is good for.'),
  SESSION_DAYS: integer(14, [1, 365], 'How long a sign-in lasts without being used.'),
} as const;

export type Settings = {
  readonly [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['read']>;
};
