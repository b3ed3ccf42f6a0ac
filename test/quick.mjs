/**
 * The spec files under test/ that `npm test` runs beside all unit specs: what breaks most often, on SQLite, in a few minutes.
 * `npm run test:full` runs every file on every database. Paths relative to test/.
 */
export const quickSpecs = [
  'about/about.spec.ts',
  'accounts/sign-in.spec.ts',
  'accounts/tokens.spec.ts',
  'api/*.spec.ts',
  'architecture/*.spec.ts',
  'browser/first-package.spec.ts',
  'database/migrations.spec.ts',
  'database/transactions.spec.ts',
  'mesh/two-servers.spec.ts',
  'munki/repository.spec.ts',
  'packages/downloads.spec.ts',
  'packages/packages.spec.ts',
  'simulation/*.spec.ts',
  'upload/digests.spec.ts',
  'upload/upload.spec.ts',
];

/** What the quick tier narrows, as environment variables of its tests. A caller's own setting counts more. */
export const quickEnvironment = { ODS_TEST_TIER: 'quick', ODS_TEST_DATABASES: 'sqlite', ODS_SIM_SEEDS: '100' };

/** Programs that the quick tier starts: the others are not asked for. */
export const quickPrograms = ['chromium'];
