import { Module } from '@nestjs/common';
import { HashPool } from './hash-pool.js';
import { LocalPackageStore } from './local-package-store.js';
import { PackageStore } from './package-store.js';

/** Where the bytes of packages are. */
@Module({
  providers: [HashPool, { provide: PackageStore, useClass: LocalPackageStore }],
  exports: [PackageStore],
})
export class StorageModule {}
