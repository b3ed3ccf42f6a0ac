import 'reflect-metadata';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { loadConfig } from '#libs/platform/config/load-config.js';

/** The data source for TypeORM's command line (`npm run migrations`): made as the server makes its own. */
export default odsDataSource(loadConfig().get('database'));
