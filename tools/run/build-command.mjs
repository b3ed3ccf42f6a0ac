import { ensureBuilt } from './build.mjs';
import { elapsed, say } from './step.mjs';

/** `npm run build` */
export default async function build() {
  await ensureBuilt('server', 'console');
  say(`Everything is built (${elapsed()}).`);
}
