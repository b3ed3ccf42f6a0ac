import 'reflect-metadata';
import { ConfigInvalid } from '#libs/platform/config/load-config.js';
import { DatabaseIsNewer, DatabaseUnavailable } from '#libs/migrations/prepare-database.js';
import { MaintenanceFailed } from '#libs/maintenance/maintenance.errors.js';
import { SecretUnreadable } from '#libs/platform/crypto/secret-box.js';
import { commands } from './commands.js';
import { usage } from './usage.js';

/** Errors whose message says what to do: the stack would only hide it. */
const plain = [ConfigInvalid, DatabaseIsNewer, DatabaseUnavailable, MaintenanceFailed, SecretUnreadable];

const [name = 'help', ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  process.stdout.write(usage);
  process.exit(['help', '--help', '-h'].includes(name) ? 0 : 2);
}
try {
  process.exitCode = await command(args);
} catch (error) {
  const isPlain = plain.some((type) => error instanceof type) || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${isPlain ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
}
