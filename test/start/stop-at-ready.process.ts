import { runUntilStopped } from '#libs/platform/process/run-until-stopped.js';

/** Says that it is ready while its start has still some milliseconds to go. */
setInterval(() => undefined, 1_000); // as a server that listens
await runUntilStopped(() => {
  process.stdout.write('ready\n');
  for (const until = performance.now() + 500; performance.now() < until;);
  return Promise.resolve(() => Promise.resolve());
});
