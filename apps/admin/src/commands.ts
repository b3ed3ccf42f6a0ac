import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { makeBackup, repositoryOf } from '#libs/maintenance/backup.js';
import { checkContents } from '#libs/maintenance/content-check.js';
import { examine, orphanText } from '#libs/maintenance/doctor.js';
import { orphanFiles } from '#libs/maintenance/orphans.js';
import { addKey, forgetOldKeys } from '#libs/maintenance/key-file.js';
import { openOwnDatabase } from '#libs/maintenance/lost-database.js';
import { MaintenanceFailed } from '#libs/maintenance/maintenance.errors.js';
import { migrateDatabase } from '#libs/maintenance/migrate-database.js';
import { resetClock } from '#libs/maintenance/reset-clock.js';
import { resetPassword } from '#libs/maintenance/reset-password.js';
import { restoreBackup } from '#libs/maintenance/restore.js';
import { sealAgain } from '#libs/maintenance/sealed-columns.js';
import type { Config } from '#libs/platform/config/config.js';
import { environment, loadConfig } from '#libs/platform/config/load-config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';

/** Answers the exit status. */
type Command = (args: string[]) => Promise<number>;
type Options = NonNullable<ParseArgsConfig['options']>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const flag = { type: 'boolean' } as const;

function read<O extends Options>(args: string[], options: O) {
  return parseArgs({ args, options, allowPositionals: true });
}

/** The settings of the server that is looked after. */
const existing = (): Config => loadConfig(environment(), { mustExist: true });

async function withDatabase<T>(config: Config, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await openOwnDatabase(config);
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function directoryOf(positionals: string[]): string {
  const [directory] = positionals;
  if (directory === undefined) throw new MaintenanceFailed('Name the directory of the backup.');
  return path.resolve(directory);
}

const backup: Command = async (args) => {
  const { values, positionals } = read(args, { 'without-content': flag });
  const directory = directoryOf(positionals);
  const config = existing();
  const { contents, missing } = await withDatabase(config, (dataSource) =>
    makeBackup(config, dataSource, directory, !values['without-content']),
  );
  say(
    `Backed up to ${directory}: the database, the keys and ${contents} contents. It holds secrets: keep it where no one else can read it.`,
  );
  for (const filename of missing) say(`The content of ${filename} is not on this disk, and so not in the backup.`);
  return missing.length === 0 ? 0 : 1;
};

const restore: Command = async (args) => {
  const { positionals } = read(args, {});
  const { server, createdAt, contents, withContent } = await restoreBackup(directoryOf(positionals), environment());
  say(`Restored ${server.name} (${server.iss}) as it was at ${createdAt}, with ${contents.length} contents. Start the server now.`);
  if (!withContent) say('The backup has no contents: they are fetched from the other servers.');
  say('What happened since is learned from the other servers. Everybody signs in again.');
  return 0;
};

const verify: Command = async (args) => {
  const { values } = read(args, { 'sizes-only': flag, json: flag });
  const config = existing();
  const report = await withDatabase(config, (dataSource) =>
    (async () => ({
      ...(await checkContents(repositoryOf(dataSource), config.get('dataDir'), values['sizes-only'])),
      orphans: await orphanFiles(repositoryOf(dataSource), config.get('dataDir')),
    }))(),
  );
  if (values.json) say(JSON.stringify(report));
  else {
    for (const { filename, uuid, fault } of report.faults) say(`${fault}: ${filename} (${uuid})`);
    for (const orphan of report.orphans) say(orphanText(orphan));
    say(`${report.checked} contents checked, ${report.faults.length} faults.`);
    if (report.faults.length > 0)
      say('Press Verify on the page of the package, or restart the server if it is missing: it is fetched again from a peer.');
  }
  return report.faults.length === 0 ? 0 : 1;
};

const doctor: Command = async (args) => {
  const { values } = read(args, { json: flag });
  const config = existing();
  const findings = await withDatabase(config, (dataSource) => examine(config, repositoryOf(dataSource)));
  const signs = { ok: 'ok     ', warning: 'warning', fault: 'FAULT  ' } as const;
  if (values.json) say(JSON.stringify(findings));
  else for (const { level, text: finding } of findings) say(`${signs[level]} ${finding}`);
  return findings.some(({ level }) => level === 'fault') ? 1 : 0;
};

const reset: Command = async (args) => {
  const { values } = read(args, { user: { type: 'string', default: 'admin' }, stdin: flag });
  const wanted = values.stdin ? (await text(process.stdin)).replace(/\r?\n$/, '') : null;
  const password = await withDatabase(existing(), (dataSource) => resetPassword(dataSource, values.user, wanted));
  say(wanted === null ? `New password of ${values.user}: ${password}` : `The password of ${values.user} was set.`);
  say('It must be changed at the next sign-in. All sign-ins of this user were ended.');
  return 0;
};

const clock: Command = async (args) => {
  read(args, {});
  const config = existing();
  const { packages, nowMs } = await resetClock(config, await openOwnDatabase(config));
  say(`It is ${new Date(nowMs).toISOString()} by this machine's clock. Packages that were stamped later by this server: ${packages}.`);
  say(
    packages > 0
      ? 'They have a stamp of now; the other servers take them. The server may run.'
      : 'The clock of the catalog was set. The server may run.',
  );
  return 0;
};

const rotate: Command = async (args) => {
  const { values } = read(args, { generate: flag, forget: flag });
  const config = existing();
  const dataDir = config.get('dataDir');
  if (values.generate) {
    await addKey(dataDir);
    say('A new key stands before the old one. Restart the server (all its processes), then run "ods-admin rotate-database-key".');
    return 0;
  }
  await withDatabase(config, (dataSource) => sealAgain(config, repositoryOf(dataSource)));
  say(`Everything is encrypted under the first key (${config.get('databaseKeys')[0]!.id}).`);
  if (values.forget) await forgetOldKeys(dataDir);
  say(values.forget ? 'The old keys are gone. Restart the server.' : 'Older keys are not needed any more, but for older backups.');
  return 0;
};

const migrate: Command = async (args) => {
  const { values } = read(args, { to: { type: 'string' } });
  if (values.to === undefined) throw new MaintenanceFailed('Say where to: --to postgres://USER:PASSWORD@HOST/DATABASE');
  const rows = await migrateDatabase(existing(), environment(), values.to);
  say(`${rows} rows are in the new database. Set DATABASE_URL to it and start the server; the old database is as it was.`);
  return 0;
};

export const commands: Readonly<Record<string, Command>> = {
  backup,
  restore,
  verify,
  doctor,
  'reset-clock': clock,
  'reset-password': reset,
  'rotate-database-key': rotate,
  'migrate-database': migrate,
};
