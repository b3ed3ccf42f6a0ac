import type { DataSource } from 'typeorm';
import { entities } from '#libs/entities/index.js';
import type { DatabaseSettings } from '#libs/platform/config/config.js';
import { createDataSource } from '#libs/platform/database/data-source.js';
import { migrations } from './index.js';

/** A data source with the product's entities and migrations, not yet connected. */
export const odsDataSource = (settings: DatabaseSettings): DataSource => createDataSource(settings, { entities, migrations });
