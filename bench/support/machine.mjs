import os from 'node:os';

/** @typedef {ReturnType<typeof machine>} Machine */

/** What the figures were measured on. */
export function machine() {
  const [first] = os.cpus();
  return {
    cores: os.availableParallelism(),
    processor: first?.model.trim() ?? 'unknown',
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    /** Above zero, others had a part of the machine while this was measured. */
    load: os.loadavg()[0].toFixed(2),
  };
}
