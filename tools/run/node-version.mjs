import { Failure } from './failure.mjs';

const LEAST = [20, 19];

/** ODS uses what Node brings from 20.19 on. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return;
  throw new Failure(`ODS needs Node ${LEAST.join('.')} or newer; this is ${process.versions.node}.`);
}
