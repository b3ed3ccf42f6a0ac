/** Between the death of npm and ours. */
const LOOK_EVERY_MS = 500;

/**
 * npm passes SIGTERM and SIGINT on, but not when it is killed outright. A server that npm started must not
 * live on unseen then, so it stops as on a signal.
 */
export function stopWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
