import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Route } from '#libs/platform/http/bodies/route-table.js';
import { withLimits } from '../../apps/api/src/limits-table.js';
import { apiRoutes, samplePath } from './api-routes.js';

describe('the limits in docs/security.md', () => {
  it('are those of the code; "npm run openapi" writes them', async () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/security.md'), 'utf8');
    expect(page).toBe(withLimits(page, await apiRoutes()));
  });

  it('name every route that takes a body, with its own limits', async () => {
    const routes = await apiRoutes();
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/security.md'), 'utf8');
    const listed = routes.filter(({ method, path: address }) => page.includes(`\`${method} ${address}\``));
    expect(listed).toHaveLength(routes.filter(({ method }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)).length);
    expect(page).toMatch(/`POST \/api\/admin\/auth\/login` \| anyone \| 16\.0 KB \| 64 /);
    expect(page).toMatch(/`POST \/api\/ods\/notifications` \| registered server \| 4\.0 MB \| 100,000 /);
  });

  it('hold in nginx too, but for the calls that read their requests as they arrive', async () => {
    const template = readFileSync(path.resolve(import.meta.dirname, '../../docker/nginx/ods.conf.template'), 'utf8');
    const patterns = [...template.matchAll(/location ~ (\S+) \{[^}]*proxy_request_buffering off;/g)].map(
      ([, pattern]) => new RegExp(pattern!),
    );
    const streams = (route: Route): boolean => route.kind === 'stream';
    const named = (await apiRoutes()).filter((route) => patterns.some((pattern) => pattern.test(samplePath(route))));
    const missing = (await apiRoutes()).filter((route) => streams(route) && !named.some(({ path: known }) => known === route.path));
    expect(missing.map(({ method, path: address }) => `${method} ${address}`)).toEqual([]);
    // What else goes straight through reads little or nothing.
    expect(named.filter((route) => !streams(route) && route.kind !== 'any' && ['PUT', 'PATCH'].includes(route.method))).toEqual([]);
  });
});
