import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { type Route, RouteTable } from '#libs/platform/http/bodies/route-table.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { scratchDir } from '../support/services.js';

const hex = '0123456789abcdef0123456789abcdef';

/** Every route of the application, from its decorators; nothing is started. */
export async function apiRoutes(): Promise<readonly Route[]> {
  const config = loadConfig({ DATA_DIR: scratchDir('routes') });
  const app = await createApp(config, odsDataSource(config.get('database')), { preview: true });
  return RouteTable.of(app).routes;
}

export const takesBody = ({ method }: Pick<Route, 'method'>): boolean => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);

/** A path that fits the route. */
export const samplePath = ({ path }: Pick<Route, 'path'>): string =>
  path.replace(/:(\w+)/g, (_all, name: string) => (/uuid|challenge/.test(name) ? hex : /iss/.test(name) ? hex : '1'));
