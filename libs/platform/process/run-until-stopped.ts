import { version } from './version.js';
import { ConfigInvalid, showsStacks } from '../config/load-config.js';

/** Ends what was started; called once. */
export type Stop = () => Promise<void>;

/** Longer than any lease hand-over; after it the process goes anyway, and the job table gives its work to others. */
const STOP_TIMEOUT_MS = 25_000;

const ECHO_MS = 500;

/** What a person can do about the usual reasons not to start. */
function advice(error: unknown): string {
  const { code, message, port, syscall } = error as { code?: string; message: string; port?: number; syscall?: string };
  if (error instanceof ConfigInvalid) return message;
  if (code === 'EADDRINUSE') return `Port ${port} is taken by another program. Stop it, or start with PORT set to another one.`;
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} needs more rights. Use one above 1023, or give this program the right to bind it.`;
  if (code === 'EADDRNOTAVAIL' || (code === 'ENOTFOUND' && syscall === 'getaddrinfo')) {
    return `The address to listen on is not one of this machine (${message}). Leave HOST out to listen on all of them.`;
  }
  return message ?? String(error);
}

/** Starts, waits for SIGTERM or SIGINT, stops. A failed start says why in a sentence and exits with status 1. */
export async function runUntilStopped(start: () => Promise<Stop>): Promise<void> {
  if (process.argv[2] === '--version') {
    process.stdout.write(`${version}\n`);
    return;
  }
  let stop: Stop;
  // A start can wait long for its database, and as the first process of a container it would not hear a signal.
  let act = (name: NodeJS.Signals): void => process.exit(name === 'SIGINT' ? 130 : 0);
  // These listeners stay: a signal that comes while one is taken off and another put on is lost.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, (caught) => act(caught));
  try {
    stop = await start();
  } catch (error) {
    process.stderr.write(`ODS could not start. ${advice(error)}\n`);
    if (showsStacks()) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
    process.exit(1);
  }
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    act = (caught) => {
      // A second signal ends it at once, as people expect of Ctrl-C. Not so the echo of the first: a terminal signals
      // the whole process group, and npm in that group passes the same signal on once more.
      const first = Date.now();
      act = () => {
        if (Date.now() - first > ECHO_MS) process.exit(1);
      };
      resolve(caught);
    };
  });
  // Clients of unavailable servers reject promises that no caller awaits any more while they are closed (Bull does): with all
  // work written down before, that is no reason to end with a failure.
  process.on('unhandledRejection', (reason) => process.stderr.write(`While stopping: ${String(reason)}\n`));
  const patience = setTimeout(() => process.exit(1), STOP_TIMEOUT_MS);
  await stop();
  clearTimeout(patience);
  process.exit(signal === 'SIGINT' ? 130 : 0);
}
