import { parseArgs } from 'node:util';
import { commands, type Options } from './commands.js';
import { CommandFailed, EXIT } from './failures.js';
import { usage } from './usage.js';

const flag = { type: 'boolean' } as const;
const word = { type: 'string' } as const;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: flag,
      help: { ...flag, short: 'h' },
      user: word,
      role: word,
      stage: word,
      status: word,
      name: word,
      notes: word,
      replace: flag,
      wait: flag,
      timeout: word,
    },
  });
  const [name = 'help', ...words] = positionals;
  const command = commands[name];
  if (command === undefined || values.help) {
    process.stdout.write(usage);
    return name === 'help' || values.help ? EXIT.done : EXIT.usage;
  }
  return command(words, values as Options);
}

// A reader that has seen enough ("ods list | head") is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') ?? false;
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof CommandFailed ? error.exit : isUsage ? EXIT.usage : EXIT.refused;
}
