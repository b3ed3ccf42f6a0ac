import { DomainError } from '#libs/platform/errors/domain-error.js';

export class PackageNotFound extends DomainError {
  readonly code = 'package-not-found';
  readonly status = 404;
  constructor(idOrName: string) {
    super(`There is no package "${idOrName}".`);
  }
}

/** The path is the name of one package and the id of another. */
export class PackageAmbiguous extends DomainError {
  readonly code = 'package-ambiguous';
  readonly status = 409;
  constructor(text: string, filename: string) {
    super(`"${text}" is the name of a package, and the id of ${filename}. Nothing was changed. Add ?by=name or ?by=id.`);
  }
}

/** The caller's API token is for packages of other stages. */
export class StageNotYours extends DomainError {
  readonly code = 'stage-not-yours';
  readonly status = 403;
  constructor(stage: string, allowed: readonly string[]) {
    super(`This token may change packages in ${allowed.join(', ')}, not in ${stage}.`);
  }
}

export class FilenameTaken extends DomainError {
  readonly code = 'filename-taken';
  readonly status = 409;
  constructor(filename: string) {
    super(`A different file named ${filename} already exists. Send replace=true to replace it on every server.`);
  }
}

export class MassChangeUnconfirmed extends DomainError {
  readonly code = 'mass-delete-unconfirmed';
  readonly status = 409;
  constructor(changed: number, minutes: number) {
    super(
      `This would be package number ${changed} that is deleted, withdrawn, replaced or demoted within ${minutes} minutes, a large part of all. Nothing was changed. If it is meant, send confirm=true.`,
    );
  }
}

/** A rule of this server: a person looks before a package with another or no signer comes to Prod. */
export class SignerUnconfirmed extends DomainError {
  readonly code = 'signer-unconfirmed';
  readonly status = 409;
  constructor(why: string) {
    super(`${why} Nothing was changed. If it is meant, an administrator sends confirm_signer=true.`);
  }
}

export class ContentNotHere extends DomainError {
  readonly code = 'content-not-here';
  readonly status = 409;
  constructor(filename: string) {
    super(`The bytes of ${filename} are not on this server, so there is nothing to verify.`);
  }
}

/** The catalog says that the bytes are here and the disk says that they are not: a disk that is not mounted, or damage. */
export class ContentUnavailable extends DomainError {
  readonly code = 'content-unavailable';
  readonly status = 503;
  override readonly retryAfterSeconds = 60;
  constructor(filename: string) {
    super(`${filename} cannot be read from this server's disk now. Try another server, or again later.`);
  }
}

export class NothingToRestore extends DomainError {
  readonly code = 'nothing-to-restore';
  readonly status = 409;
  constructor(filename: string) {
    super(`No earlier version of ${filename} is kept on this server. Versions are kept for the retention time on servers that held them.`);
  }
}

export class BadCursor extends DomainError {
  readonly code = 'bad-cursor';
  readonly status = 400;
  constructor() {
    super('The cursor is not one that this server gave out for this sort order. Leave it out to start from the beginning.');
  }
}
