import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { findSevenZip } from '#libs/inspection/child/seven-zip.js';
import type { Config } from '#libs/platform/config/config.js';
import { describeRedis, parseRedisUrl, type RedisNode } from '#libs/platform/config/redis-url.js';
import { shortage } from '#libs/platform/storage/disk-health.js';
import { readCertificate, tlsOf } from '#libs/platform/tls/tls-files.js';
import { BackupDirectory } from './backup-directory.js';
import { checkContents } from './content-check.js';
import { type OrphanFile, orphanFiles } from './orphans.js';
import type { MaintenanceRepository } from './maintenance.repository.js';
import { openSealed } from './sealed-columns.js';

export interface Finding {
  readonly level: 'ok' | 'warning' | 'fault';
  readonly text: string;
}

const ok = (text: string): Finding => ({ level: 'ok', text });
const warning = (text: string): Finding => ({ level: 'warning', text });
const fault = (text: string): Finding => ({ level: 'fault', text });

const OVERDUE_MS = 5 * 60_000;
const CONNECT_TIMEOUT_MS = 3_000;

/** Checks everything that keeps a server from working, and says for each finding what to do. The database is open already. */
export async function examine(config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const examinations = [
    examineServer,
    examineTls,
    examineDisk,
    examineContents,
    examineQueue,
    examineJobs,
    examinePackages,
    examinePeers,
    examineBackups,
    examineInspection,
  ];
  const damage = await rows.damage();
  if (damage !== null) return [fault(damagedText(config, damage))];
  const findings: Finding[] = [ok(`The database (${config.get('database').kind}) answers and is of this version.`)];
  for (const each of examinations) findings.push(...(await each(config, rows)));
  return findings;
}

const damagedText = (config: Config, damage: string): string => {
  const { database } = config.values;
  const where = database.kind === 'sqlite' ? database.file : database.kind;
  return `The database ${where} is damaged: ${damage}. Stop the server, move the file and its -wal and -shm aside, and restore a backup ("ods-admin restore DIRECTORY").`;
};

async function examineServer(config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const server = await rows.server();
  if (!server) return [warning('The server has never been started with this database.')];
  const findings: Finding[] = [];
  try {
    await openSealed(config, rows);
    findings.push(ok('DATABASE_KEY opens what is encrypted in the database.'));
  } catch (error) {
    findings.push(fault((error as Error).message));
  }
  if (server.url === null) findings.push(warning('No URL is set (Admin, Edit): other servers cannot reach this one.'));
  if (config.get('generatedKeys')) findings.push(warning('Keys are in DATA_DIR/keys and nowhere else: make backups (ods-admin backup).'));
  return findings;
}

const DAY_MS = 86_400_000;
const CERTIFICATE_DAYS = 14;

function examineTls(config: Config): Promise<Finding[]> {
  const file = config.get('TLS_CERT_FILE');
  if (file === null) return Promise.resolve([]);
  try {
    tlsOf(config);
    const { leaf } = readCertificate(file);
    const days = Math.floor((Date.parse(leaf.validTo) - Date.now()) / DAY_MS);
    if (days < 0) return Promise.resolve([fault(`The certificate ${file} has ended on ${leaf.validTo}: clients refuse it.`)]);
    const text = `The certificate ${file} ends in ${days} days.`;
    return Promise.resolve([days < CERTIFICATE_DAYS ? warning(text) : ok(text)]);
  } catch (error) {
    return Promise.resolve([fault((error as Error).message)]);
  }
}

async function examineDisk(config: Config): Promise<Finding[]> {
  const { bavail, blocks, bsize } = await statfs(config.get('dataDir'));
  const free = bavail * bsize;
  const reserve = config.get('DISK_RESERVE_BYTES');
  const gib = (free / 2 ** 30).toFixed(1);
  if (free < reserve) return [fault(shortage({ free, reserve, total: blocks * bsize }))];
  return [free < 2 * reserve ? warning(`Only ${gib} GiB are free.`) : ok(`${gib} GiB are free.`)];
}

async function examineContents(config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const { checked, faults } = await checkContents(rows, config.get('dataDir'), true);
  const orphans = (await orphanFiles(rows, config.get('dataDir'))).map((orphan) => warning(orphanText(orphan)));
  if (faults.length === 0) return [ok(`${checked} contents are on disk with their sizes; "ods-admin verify" reads them.`), ...orphans];
  return [
    ...orphans,
    ...faults.map(({ filename, fault: what }) =>
      fault(`The content of ${filename} is ${what} on disk. Is the disk mounted? A restart fetches it from a peer.`),
    ),
  ];
}

export const orphanText = ({ uuid, size }: OrphanFile): string =>
  `content/${uuid} (${size} bytes) belongs to no package of the database. When no backup is to be restored that needs it, it can be deleted.`;

async function examineQueue(config: Config): Promise<Finding[]> {
  const url = config.get('REDIS_URL');
  if (url === null) return [ok('Jobs run inside the server; there is no Redis.')];
  const address = parseRedisUrl(url);
  const answers = await Promise.all(address.nodes.map(canConnect));
  const name = describeRedis(address);
  return [
    answers.includes(true) ? ok(`${name} can be reached.`) : fault(`${name} cannot be reached: jobs wait. Start it, or correct REDIS_URL.`),
  ];
}

const canConnect = ({ host, port }: RedisNode): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (isThere: boolean) => () => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });

async function examineJobs(_config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const first = await rows.firstDueMs();
  const findings = (await rows.failedJobs()).map(({ type, lastError }) =>
    warning(`A job was given up: ${type}: ${lastError ?? 'no reason known'}`),
  );
  if (first !== null && Date.now() - first > OVERDUE_MS) {
    findings.push(
      fault(`A job has been due for ${Math.round((Date.now() - first) / 60_000)} minutes: is the server (or its worker) running?`),
    );
  } else findings.push(ok('No job is overdue.'));
  return findings;
}

/** By the directory itself: what was deleted there is no backup. */
async function examineBackups(config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const directory = config.get('backupDir');
  const server = await rows.server();
  if (directory === null || !server) return [];
  const everyHours = config.get('BACKUP_EVERY_HOURS');
  try {
    const now = Date.now();
    const latestMs = await new BackupDirectory(directory, server.iss).latestMs(now);
    if (latestMs === null) return [warning(`${directory} has no backup of this server: its log says why.`)];
    const age = `The latest backup in ${directory} is ${Math.round((now - latestMs) / 3_600_000)} hours old`;
    if (now - latestMs > 2 * everyHours * 3_600_000)
      return [warning(`${age}, and one is due every ${everyHours} hours: the log says why.`)];
    return [ok(`${age}.`)];
  } catch (error) {
    return [warning(`${directory} (BACKUP_DIR) cannot be read (${(error as NodeJS.ErrnoException).code}): is it mounted?`)];
  }
}

/** `program`: the 7-Zip that reads them, or null. */
export const diskImageFinding = (program: string | null): Finding =>
  program === null
    ? warning('7-Zip (7zz) is not installed: what is inside disk images is not read. Install it (Debian: "apt install 7zip").')
    : ok(`7-Zip (${program}) reads what is inside disk images.`);

async function examineInspection(_config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  return (await rows.hasDiskImages()) ? [diskImageFinding(findSevenZip())] : [];
}

async function examinePackages(_config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  const troubled = await rows.troubledPackages();
  return troubled.map(({ filename, status }) => warning(`${filename} is ${status}: its page in the console says why.`));
}

async function examinePeers(_config: Config, rows: MaintenanceRepository): Promise<Finding[]> {
  return (await rows.peers()).map(({ name, url, unreachableSinceMs, lastError, paused }) => {
    if (paused) return warning(`${name} is paused.`);
    if (unreachableSinceMs === null) return ok(`${name} (${url}) answers.`);
    return warning(`${name} (${url}) has not answered since ${new Date(unreachableSinceMs).toISOString()}: ${lastError ?? ''}`);
  });
}
