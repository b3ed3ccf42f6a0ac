import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { stopWithNpm } from './parent.mjs';
import { inRoot } from './root.mjs';

/** `npm start`: the server runs in this very process, so that ending it leaves nothing behind. */
export default async function start() {
  stopWithNpm();
  await ensureBuilt('server', 'console');
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(inRoot('dist/bundle/api.js')).href);
}
