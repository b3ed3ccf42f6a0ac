const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(2) : value.toFixed(3));

/**
 * One figure beside its yardstick.
 * @typedef {{ what: string, unit: string, ours: number | null, rival?: string, theirs?: number | null, ratio?: number | null,
 *   target?: { atMost: number } | { atLeast: number }, met?: boolean | null, rounds?: Record<string, number[]>, note?: string }} Row
 */

/**
 * A figure that is judged by its ratio to a rival's.
 * @param {string} what @param {string} unit @param {number} ours @param {string} rival @param {number | null} theirs null: not installed
 * @param {Row['target']} [target] @param {Partial<Row>} [more] @returns {Row}
 */
export function beside(what, unit, ours, rival, theirs, target, more = {}) {
  const ratio = theirs === null ? null : ours / theirs;
  return { what, unit, ours, rival, theirs, ratio, target, met: judge(ratio, target), ...more };
}

/** A figure without a rival. @param {string} what @param {string} unit @param {number | null} ours @param {Row['target']} [target] @param {Partial<Row>} [more] @returns {Row} */
export function alone(what, unit, ours, target, more = {}) {
  return { what, unit, ours, target, met: judge(ours, target), ...more };
}

/** What could not be compared, and why. @param {string} what @param {string} note @returns {Row} */
export const leftOut = (what, note) => ({ what, unit: '', ours: null, met: null, note });

/** @param {number | null} value @param {Row['target']} target */
function judge(value, target) {
  if (value === null || target === undefined) return null;
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

/** @param {import('./machine.mjs').Machine} machine */
export function printHead(machine, { dir, rounds }) {
  process.stdout.write(
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGib} GiB of memory, ${machine.system}, Node ${machine.node}, load ${machine.load}\n` +
      `files in ${dir}; medians of ${rounds} interleaved rounds\n`,
  );
}

/** @param {Row[]} rows */
export function printRows(rows) {
  for (const row of rows) process.stdout.write(`  ${lineOf(row)}\n`);
}

/** @param {Row} row */
function lineOf({ what, unit, ours, rival, theirs, ratio, target, met, note }) {
  if (ours === null) return `${what}: left out, ${note}`;
  const against =
    rival === undefined ? '' : theirs === null ? `; ${rival} is not installed` : `; ${rival} ${number(theirs)} ${unit}: ${number(ratio)}x`;
  const limit =
    target === undefined ? '' : 'atMost' in target ? ` (target at most ${target.atMost})` : ` (target at least ${target.atLeast})`;
  const verdict = met === null ? '' : met ? ' — met' : ' — NOT MET';
  return `${what}: ${number(ours)} ${unit}${against}${limit}${verdict}${note === undefined ? '' : `; ${note}`}`;
}
