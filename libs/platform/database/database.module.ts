import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DatabaseHealth } from './database-health.js';
import { DatabaseOutage } from './database-outage.js';
import { Database } from './database.js';

/** Gives every feature its `Database`, and ends the connection when the process stops. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static forRoot(dataSource: DataSource): DynamicModule {
    const outage = new DatabaseOutage();
    outage.watch(dataSource);
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: DataSource, useValue: dataSource }, { provide: DatabaseOutage, useValue: outage }, Database, DatabaseHealth],
      exports: [Database, DatabaseHealth, DatabaseOutage],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
