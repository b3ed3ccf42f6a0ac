/** How often a long step says that it is still at it, where no terminal shows a running clock. */
const HEARTBEAT_MS = 15_000;

const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * Shows what is being done and for how long.
 * @template T @param {string} title @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function step(title, work) {
  const out = process.stderr;
  const since = performance.now();
  const show = () => (out.isTTY ? out.write(`\r\x1b[K… ${title} (${seconds(since)})`) : out.write(`… ${title} (${seconds(since)})\n`));
  out.write(out.isTTY ? `… ${title}` : `… ${title}\n`);
  const timer = setInterval(show, out.isTTY ? 500 : HEARTBEAT_MS);
  const end = (mark) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\x1b[K' : ''}${mark} ${title} (${seconds(since)})\n`);
  };
  try {
    const result = await work();
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/** @param {string} text */
export const say = (text) => void process.stderr.write(`${text}\n`);

export const elapsed = () => seconds(started);
