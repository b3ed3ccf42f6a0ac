/** @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) throw new Error('There is no median of nothing.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Lets contenders take turns, each round begun by another one, so that what the machine does meanwhile meets all alike.
 * @param {number} count
 * @param {Record<string, (round: number) => Promise<number>>} contenders each answers its figure
 * @param {{ before?: (round: number) => Promise<unknown>, say: (text: string) => void }} options
 * @returns {Promise<{ values: Record<string, number[]>, medians: Record<string, number> }>}
 */
export async function interleave(count, contenders, { before, say }) {
  const names = Object.keys(contenders);
  /** @type {Record<string, number[]>} */
  const values = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < count; round += 1) {
    await before?.(round);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(round + turn) % names.length];
      values[name].push(await contenders[name](round));
    }
    say(`  round ${round + 1}: ${names.map((name) => `${name} ${values[name][round].toFixed(3)}`).join(', ')}`);
  }
  return { values, medians: Object.fromEntries(names.map((name) => [name, median(values[name])])) };
}

/** Seconds that some work took. @param {() => Promise<unknown>} work */
export async function seconds(work) {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}
