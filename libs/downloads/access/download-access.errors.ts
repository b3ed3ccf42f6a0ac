import { DomainError } from '#libs/platform/errors/domain-error.js';

export class DownloadLinkNeeded extends DomainError {
  readonly code = 'download-link-needed';
  readonly status = 403;
  constructor() {
    super('Packages are downloaded from this server with a link that was made for them. Ask the people who run it for one.');
  }
}

export class DownloadLinkInvalid extends DomainError {
  readonly code = 'download-link-invalid';
  readonly status = 403;
  constructor() {
    super('This link opens nothing: it is incomplete or was changed, or the package was replaced or deleted. Ask for a new link.');
  }
}

export class DownloadLinkExpired extends DomainError {
  readonly code = 'download-link-expired';
  readonly status = 403;
  constructor() {
    super('This link has expired. Ask for a new one.');
  }
}

/** A link is bound to the bytes that are served: there are none. */
export class PackageNotServed extends DomainError {
  readonly code = 'package-not-served';
  readonly status = 409;
  constructor(filename: string) {
    super(`${filename} is not served by this server now, so a link would open nothing. Make it when the package is Public here.`);
  }
}
