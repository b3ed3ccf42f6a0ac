import { Module } from '@nestjs/common';
import { DiskHealth } from './disk-health.js';
import { HashPool } from './hash-pool.js';
import { LocalPackageStore } from './local-package-store.js';
import { PackageStore } from './package-store.js';

/** Where the bytes of packages are. */
@Module({
  providers: [DiskHealth, HashPool, { provide: PackageStore, useClass: LocalPackageStore }],
  exports: [PackageStore],
})
export class StorageModule {}
