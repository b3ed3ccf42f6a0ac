import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { runNode } from './processes.mjs';

const actions = { show: 'migration:show', run: 'migration:run' };

/** `npm run migrations -- show|run`: TypeORM's command line on the database of the environment. */
export default async function migrations([action = 'show', ...args]) {
  const command = actions[action];
  if (command === undefined) throw new Failure('Say what to do: npm run migrations -- show, or: npm run migrations -- run');
  await ensureBuilt('server');
  await runNode('node_modules/typeorm/cli.js', [command, '-d', 'dist/ormconfig.js', ...args]);
}
