import { CommanderError } from 'commander';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { makeProgram } from './program.js';

async function main(args: readonly string[]): Promise<number> {
  let exit: Exit = EXIT.done;
  const program = makeProgram((status) => (exit = status));
  if (args.length === 0) program.outputHelp();
  else await program.parseAsync([...args], { from: 'user' });
  return exit;
}

// A reader that has seen enough ("ods list | head") is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // What is wrong with the words was said already, and help was shown.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = error instanceof CommandFailed ? error.exit : EXIT.refused;
  }
}
