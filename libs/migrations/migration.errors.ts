/** The database was written by a newer ODS: this one must not touch it. */
export class DatabaseIsNewer extends Error {
  override readonly name = 'DatabaseIsNewer';
  constructor(unknown: readonly string[]) {
    super(
      `The database belongs to a newer version of ODS (it has ${unknown.join(', ')}). Start that version, or restore the backup made before the upgrade.`,
    );
  }
}

/** The database cannot be reached or opened; says which and why. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}
