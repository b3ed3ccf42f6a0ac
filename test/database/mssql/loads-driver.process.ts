/** Makes a data source of DATABASE_URL, without connecting; prints whether the driver of SQL Server was read. */
import { createRequire } from 'node:module';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { loadConfig } from '#libs/platform/config/load-config.js';

odsDataSource(loadConfig().get('database'));
console.log(Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/node_modules/mssql/')));
