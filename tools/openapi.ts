import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { settingsPage } from '#libs/platform/config/settings-page.js';
import { RouteTable } from '#libs/platform/http/bodies/route-table.js';
import { createApp } from '../apps/api/src/create-app.js';
import { withLimits } from '../apps/api/src/limits-table.js';
import { openApi } from '../apps/api/src/open-api.js';

// Writes the OpenAPI document of the built app to the file named by the first argument, and the page of settings to the
// one named by the second, and the limits into the page named by the third. Nothing is started: neither a database nor a port is opened.
const [target, settingsTarget, limitsTarget] = process.argv.slice(2);
if (target === undefined) throw new Error('Usage: node dist/tools/openapi.js FILE');

if (settingsTarget !== undefined) writeFileSync(settingsTarget, settingsPage());

const dataDir = mkdtempSync(path.join(tmpdir(), 'ods-openapi-'));
try {
  const config = loadConfig({ DATA_DIR: dataDir });
  const app = await createApp(config, odsDataSource(config.get('database')), { preview: true });
  writeFileSync(target, `${JSON.stringify(openApi(app), null, 2)}\n`);
  if (limitsTarget !== undefined) writeFileSync(limitsTarget, withLimits(readFileSync(limitsTarget, 'utf8'), RouteTable.of(app).routes));
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
