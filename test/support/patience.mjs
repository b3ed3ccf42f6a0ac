/**
 * How long a test waits. A wait ends as soon as what it waits for is there, so a build machine with other work to do may be given
 * more time without a test taking longer; how fast something is, no test judges by the clock.
 * @param {number} ms
 */
export const patient = (ms) => (process.env['CI'] === 'true' ? 3 * ms : ms);
