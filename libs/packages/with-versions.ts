import type { SelectQueryBuilder } from 'typeorm';
import type { Package } from '#libs/entities/package.entity.js';
import { PackageVersion } from '#libs/entities/package-version.entity.js';

/** The condition that an earlier content of a `package` is known. */
export function withVersions(query: SelectQueryBuilder<Package>): string {
  const versions = query.subQuery().select('version.id').from(PackageVersion, 'version').where('version.filenameKey = package.filenameKey');
  return `EXISTS ${versions.getQuery()}`;
}
