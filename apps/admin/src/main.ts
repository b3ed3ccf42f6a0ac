import 'reflect-metadata';
import { ConfigInvalid } from '#libs/platform/config/load-config.js';
import { DatabaseIsNewer, DatabaseUnavailable } from '#libs/migrations/migration.errors.js';
import { MaintenanceFailed } from '#libs/maintenance/maintenance.errors.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { SecretUnreadable } from '#libs/platform/crypto/secret-box.js';
import { version } from '#libs/platform/process/version.js';
import { commands } from './commands.js';
import { usage } from './usage.js';

/** Errors whose message says what to do: the stack would only hide it. */
const plain = [ConfigInvalid, DomainError, DatabaseIsNewer, DatabaseUnavailable, MaintenanceFailed, SecretUnreadable];

/** What the disk says is wrong, and with which file. */
const ofTheSystem = /^(?:ENOSPC|EDQUOT|EACCES|EROFS|ENOTDIR|ENOENT|EIO|SQLITE_FULL)$/;

const [name = 'help', ...args] = process.argv.slice(2);
const command = commands[name];
if (['--version', '-V'].includes(name)) {
  process.stdout.write(`${version}\n`);
  process.exit(0);
}
// A reader that has seen enough ("ods-admin doctor | head") is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
if (command === undefined) {
  process.stdout.write(usage);
  process.exit(['help', '--help', '-h'].includes(name) ? 0 : 2);
}
try {
  process.exitCode = await command(args);
} catch (error) {
  const { code } = error as { code?: string };
  const isPlain = plain.some((type) => error instanceof type) || code?.startsWith('ERR_PARSE_ARGS') || ofTheSystem.test(code ?? '');
  process.stderr.write(`${isPlain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
}
