import { cleanPath } from '../http/base-path.js';
import { parseContexts } from '../http/download-path.js';
import { certificateOf } from './database-parameters.js';
import { parseDatabaseKeys } from './keys.js';
import { parseRedisUrl } from './redis-url.js';
import { bytes, flag, integer, oneOf, optionalText, secretText, text } from './knobs.js';

const MS_DAY = 86_400_000;

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

function checkBasePath(text: string): void {
  if (cleanPath(text) === null) throw new Error(`must be a path such as /ods that is not one of the server itself, not "${text}".`);
}

function checkInternalLocation(text: string): void {
  if (!/^(?:\/[\w.~-]+)+\/?$/.test(text) || /\/\.{1,2}(?:\/|$)/.test(text))
    throw new Error(`must be a location that begins with a slash, such as /_content, not "${text}".`);
}

const proxySchemes = ['http:', 'https:', 'socks:', 'socks4:', 'socks4a:', 'socks5:', 'socks5h:'];

/** Repeats nothing of the value: it may hold a password. */
function checkProxy(text: string): void {
  const full = text.includes('://') ? text : `http://${text}`; // HOST:PORT, as curl takes it
  const url = URL.canParse(full) ? new URL(full) : null;
  if (!url?.hostname || !proxySchemes.includes(url.protocol))
    throw new Error('must be of the form http://HOST:PORT or socks5://HOST:PORT.');
}

function checkProxyOrDirect(text: string): void {
  if (text !== 'direct') checkProxy(text);
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
  BACKUP_DIR: optionalText(
    'Where scheduled backups are kept, outside of DATA_DIR and best on another machine. Default: none are made. They hold the keys of the server.',
  ),
  BACKUP_EVERY_HOURS: integer(24, [1, 8_760], 'How often a backup is made.'),
  BACKUP_KEEP: integer(
    7,
    [1, 1_000],
    'How many backups of this server are kept in BACKUP_DIR; the oldest is removed when a new one is complete.',
  ),
  BACKUP_WITHOUT_CONTENT: flag(
    true,
    'Leave the contents of packages out: after a restore they are fetched from the other servers. When false, each backup is a copy of all of them.',
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
  DATABASE_URL: secretText('postgres://…, mysql://…, mariadb://…, mssql://… or sqlite:FILE. Default: SQLite in DATA_DIR.'),
  MYSQL_SERVER: optionalText('MySQL or MariaDB server, HOST or HOST:PORT.'),
  MYSQL_DATABASE: text('ods', 'Name of the MySQL database.'),
  MYSQL_USER: text('ods', 'MySQL user.'),
  MYSQL_PASSWORD: secretText('MySQL password.'),
  MYSQL_SOCKET: optionalText(
    'Unix socket of a MySQL or MariaDB server on this machine, in the place of MYSQL_SERVER: /run/mysqld/mysqld.sock.',
  ),
  MYSQL_TLS: flag(false, 'Encrypt the connection with the MySQL server, and check its certificate.'),
  MYSQL_TLS_CA: optionalText(
    'PEM file of the authority that is believed for that, in the place of those of Node. Switches MYSQL_TLS on.',
    certificateOf,
  ),
  MYSQL_TLS_CERT: optionalText('PEM file of the certificate by which this server proves who it is there.', certificateOf),
  MYSQL_TLS_KEY: optionalText('PEM file of its key.', certificateOf),
  REDIS_URL: secretText(
    'redis://HOST:PORT; by sentinels: redis+sentinel://HOST:PORT,HOST:PORT/NAME; a cluster: redis+cluster://HOST:PORT,HOST:PORT. When set, jobs travel over Redis to worker processes; when not, they run inside the server. CELERY_BROKER_URL is another name for it.',
    (url) => void parseRedisUrl(url),
  ),
  ADMIN_PASSWORD: secretText(
    "First administrator's password for unattended set-up. Without it the first sign-in is admin / ods1234!: on the server's own machine, in the first 15 minutes after the first start, or with a code that the log shows. It opens nothing but the page that sets a new password.",
  ),
  METRICS_TOKEN: secretText('Bearer token for /metrics. Without it, only this machine can read the metrics.'),
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalText(
    'OpenTelemetry collector that takes traces over OTLP/HTTP: http://HOST:4318. Sampling is set by the usual OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG.',
    checkCollector,
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secretText('Headers for that collector: NAME=VALUE,NAME=VALUE.'),
  OTEL_SERVICE_NAME: text('ods', 'What this server is called in traces.'),
  DEBUG: flag(false, 'Log more.'),
  LOG_FORMAT: oneOf(['auto', 'json', 'pretty'], 'auto', 'auto is pretty on a terminal, JSON elsewhere.'),
  KEEP_ALIVE_SECONDS: integer(
    75,
    [1, 3_600],
    'How long an idle connection is kept. Longer than the load balancer in front keeps it (60 s with most), or requests meet a closing connection.',
  ),
  TLS_CERT_FILE: optionalText(
    'Certificate with its chain, PEM: this server then answers HTTPS on PORT itself. Read anew when it changes. Not where a proxy ends TLS.',
  ),
  TLS_KEY_FILE: optionalText('Its private key, PEM, without a passphrase.'),
  HTTP_REDIRECT_PORT: integer(0, [0, 65_535], 'With TLS_CERT_FILE: port on which http:// is sent to https://, such as 80. 0 is none.'),
  ACME_CHALLENGE_DIR: optionalText(
    'Directory whose .well-known/acme-challenge is answered on HTTP_REDIRECT_PORT: the webroot of certbot or another ACME client.',
  ),
  TRUST_PROXY: flag(false, 'Believe the X-Forwarded-* headers of the nearest proxy. Only behind a proxy that sets them.'),
  BASE_PATH: optionalText(
    'Path under which a reverse proxy serves this server: /ods for https://host/ods/. With TRUST_PROXY the header X-Forwarded-Prefix says it, too.',
    checkBasePath,
  ),
  HTTP_PROXY: secretText(
    'Proxy for calls to http:// URLs of webhooks and peers: http://USER:PASSWORD@HOST:PORT, or socks5://.',
    checkProxy,
  ),
  HTTPS_PROXY: secretText('The same for https:// URLs.', checkProxy),
  NO_PROXY: text(
    '',
    'Hosts that are called directly, separated by commas: a name with all below it (example.org), an address, a network (10.0.0.0/8), HOST:PORT, or *. This machine always is.',
  ),
  PEER_PROXY: secretText('Proxy for calls to peers alone, instead of HTTP_PROXY and HTTPS_PROXY; "direct" for none.', checkProxyOrDirect),
  WEBHOOK_PROXY: secretText(
    'The same for webhooks. The proxy then looks names up: which addresses it may reach is its to decide.',
    checkProxyOrDirect,
  ),
  MAIL_PROXY: secretText('Proxy for e-mail (HTTP CONNECT or SOCKS). Without it the mail server is called directly.', checkProxyOrDirect),
  ACCEL_REDIRECT_PREFIX: optionalText(
    'nginx internal location of DATA_DIR/content. When set, nginx sends the bytes of downloads (X-Accel-Redirect).',
    checkInternalLocation,
  ),
  DOWNLOAD_CONTEXTS: optionalText(
    'Other paths under which packages are served as under /share, separated by commas: CasperShare for https://host/CasperShare/Packages/NAME. For DNS names of distribution points that move here with their context.',
    parseContexts,
  ),
  MAX_UPLOAD_BYTES: bytes('64G', '1K', 'Largest package that is accepted.'),
  BLOCK_HASH: oneOf(
    ['blake3', 'sha256'],
    'blake3',
    'Hash of the blocks of packages that are uploaded here, which every other server verifies them with. sha256 where only FIPS hashes may be used; it costs more processor time. Where the compiled code for BLAKE3 does not load, sha256 is used.',
  ),
  UPLOAD_IDLE_SECONDS: integer(60, [1, 3_600], 'An upload of which nothing arrives for this long is cut.'),
  UPLOAD_EXPIRY_HOURS: integer(72, [1, 8_760], 'A resumable upload that receives nothing for this long is removed.'),
  API_RATE_PER_MINUTE: integer(
    6_000,
    [0, 10_000_000],
    'Calls of the admin API that one token may make in a minute, and five times as many from one address; counted by each process. 0: no limit.',
  ),
  MAX_CONNECTIONS: integer(
    4_096,
    [16, 65_000],
    'Connections that one process holds at a time; more are closed at once. Each may take a file descriptor for the connection and one for a file.',
  ),
  CORS_ORIGINS: optionalText(
    'Origins whose pages may call the admin API with an API token, separated by commas: https://tools.example.org. Default: none.',
    checkOrigins,
  ),
  DISK_RESERVE_BYTES: bytes('512M', '0', 'Free space that uploads and transfers never eat.'),
  JOB_CONCURRENCY: integer(8, [1, 256], 'Jobs that one process runs at a time.'),
  TRANSFER_CONCURRENCY: integer(3, [1, 64], 'Packages that one process fetches at a time.'),
  TRANSFER_CONNECTIONS: integer(4, [1, 32], 'Parallel range requests of one transfer.'),
  RECONCILE_SECONDS: integer(180, [1, 86_400], "How often every peer's catalog is compared with ours."),
  RETENTION_DAYS: integer(14, [0, 3_650], 'How long superseded and deleted content stays restorable.'),
  ACCEPT_UNSIGNED_WRITES: oneOf(
    ['auto', 'true', 'false'],
    'auto',
    'Whether packages of servers of a version that does not sign are accepted. auto: yes on a server that was upgraded while it had peers, no on a new one.',
  ),
  NEW_SERVER_RIGHTS: oneOf(
    ['full', 'publish-to-dev', 'receive-only'],
    'full',
    'What is accepted from a server that appears in the mesh, until an administrator decides, for example by the invitation that it registers with: full; publish-to-dev (new packages and replacements in Dev); receive-only (nothing). Servers that were known before an upgrade keep full rights.',
  ),
  OUTBOUND_ALLOW_LOCAL: flag(
    false,
    'Send requests also to this machine, link-local and metadata addresses, wherever the URL comes from. For tests. WEBHOOK_ALLOW_LOCAL is another name for it.',
  ),
  PEER_ALLOW_HTTP: flag(
    false,
    'Register servers whose URL begins with http:// and is not on this machine. Whoever is on the line between the two can then read what they exchange.',
  ),
  WEBHOOK_LOG_DAYS: integer(14, [1, 365], 'How long deliveries of webhooks are kept.'),
  EVENT_RETENTION_DAYS: integer(7, [1, 3_650], 'How long events are kept for pages and webhooks that were away.'),
  SCRUB_DAYS: integer(
    30,
    [0, 3_650],
    'Every content on disk is read again and compared with its SHA-256 at least this often; 0 switches that off.',
  ),
  SCRUB_BYTES_PER_SECOND: bytes('10M', '64K', 'How fast contents are read for that at most.'),
  MASS_DELETE_PACKAGES: integer(
    10,
    [1, 1_000_000],
    'Fewer packages than this may always be deleted, withdrawn, replaced or demoted without confirmation.',
  ),
  MASS_DELETE_PERCENT: integer(
    20,
    [0, 100],
    'When more than this share of the packages would be deleted, withdrawn, replaced or demoted within MASS_DELETE_WINDOW_MINUTES, changes of other servers are held until an administrator decides, and changes made at this server need confirm=true. 100 switches that off.',
  ),
  MASS_DELETE_WINDOW_MINUTES: integer(60, [1, 10_080], 'See MASS_DELETE_PERCENT.'),
  CLOCK_GUARD: flag(
    true,
    "Refuse changes while this server's clock is more than 10 minutes ahead of the median of its peers' clocks. Switch off only when the peers are known to be wrong.",
  ),
  REPAIR_SECONDS: integer(
    60,
    [1, MS_DAY / 1_000],
    'How long the catalogs of this server and a peer may differ in a part before the two compare it name by name and repair it.',
  ),
  HOLDER_SILENCE_HOURS: integer(
    24,
    [1, 87_600],
    'A server that has not reported for this long no longer counts as one that holds a package: it may have lost everything since.',
  ),
  COPIES_CONFIRM_SECONDS: integer(
    600,
    [1, 86_400],
    'A package has fewer copies in the mesh when that was so for this long: reports of servers take a while to travel.',
  ),
  JAMF_LEADER_SECONDS: integer(
    300,
    [1, 300],
    'How often a server that is connected with Jamf Pro looks which server keeps it in step. One that has not reported for three times as long is passed over; one that takes over first waits twice as long. The same on every connected server.',
  ),
  AUDIT_RETENTION_DAYS: integer(400, [0, 36_500], 'How long the audit trail is kept; 0 keeps it for ever.'),
  PEER_TIMEOUT_MS: integer(15_000, [100, MS_DAY], 'How long a call to a peer may stall.'),
  JOB_POLL_MS: integer(1_000, [10, 60_000], 'How often due jobs are looked for in the database.'),
  JOB_LEASE_MS: integer(
    30_000,
    [200, 600_000],
    'A running job whose process has not renewed its lease for this long is given to another one.',
  ),
  ACCESS_TOKEN_SECONDS: integer(900, [1, 86_400], 'How long an access token of a sign-in is good for.'),
  SESSION_DAYS: integer(14, [1, 365], 'How long a sign-in lasts without being used.'),
  SESSION_MAX_DAYS: integer(90, [1, 3_650], 'How long a sign-in lasts at most, however much it is used.'),
} as const;

export type Settings = {
  readonly [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['read']>;
};
