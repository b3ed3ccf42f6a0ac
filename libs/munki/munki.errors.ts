import { DomainError } from '#libs/platform/errors/domain-error.js';

export class MunkiFileNotFound extends DomainError {
  readonly code = 'munki-file-not-found';
  readonly status = 404;
  constructor(path: string) {
    super(`The Munki repository has no file "${path}".`);
  }
}

export class MunkiPackageNotReady extends DomainError {
  readonly code = 'munki-package-not-ready';
  readonly status = 409;
  constructor(filename: string, isHere: boolean) {
    super(
      isHere
        ? `${filename} has not been inspected on this server yet. Try again in a few seconds.`
        : `${filename} is not whole on this server yet. Try again when its status is Public.`,
    );
  }
}

export class MunkiPkginfoTaken extends DomainError {
  readonly code = 'munki-pkginfo-taken';
  readonly status = 409;
  constructor(path: string) {
    super(`${path} is there and names another content. Send replace: true to write it anew, or give the item another name.`);
  }
}

export class MunkiCatalogNameInvalid extends DomainError {
  readonly code = 'munki-catalog-name-invalid';
  readonly status = 400;
  constructor(name: string, why: string) {
    super(`"${name}" cannot be a catalog to promote from or to: ${why}`);
  }
}

export class MunkiShareReadOnly extends DomainError {
  readonly code = 'munki-share-read-only';
  readonly status = 403;
  constructor() {
    super('pkgs/share is the share: use the upload of packages, and name the package share/NAME in a pkginfo file.');
  }
}
