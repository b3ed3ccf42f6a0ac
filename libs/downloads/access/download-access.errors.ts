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

/** Programs ask again with what they have when they are asked for it. */
const basicChallenge = 'Basic realm="ODS", charset="UTF-8"';

export class DownloadCredentialNeeded extends DomainError {
  readonly code = 'download-credential-needed';
  readonly status = 401;
  override readonly challenge = basicChallenge;
  constructor() {
    super('Packages are downloaded from this server with a user name and secret, or with a link. Ask the people who run it for one.');
  }
}

export class DownloadCredentialRefused extends DomainError {
  readonly code = 'download-credential-refused';
  readonly status = 401;
  override readonly challenge = basicChallenge;
  constructor() {
    super('The user name or the secret is not right, or was revoked. Ask the people who run this server.');
  }
}

export class DownloadCredentialUnknown extends DomainError {
  readonly code = 'download-credential-not-found';
  readonly status = 404;
  constructor() {
    super('There is no download credential with this number.');
  }
}

export class DownloadUsernameTaken extends DomainError {
  readonly code = 'download-username-taken';
  readonly status = 409;
  constructor(username: string) {
    super(`Another download credential has the user name ${username}. Choose another one, or leave it out.`);
  }
}

export class TooManyDownloadCredentials extends DomainError {
  readonly code = 'download-credentials-too-many';
  readonly status = 409;
  constructor(most: number) {
    super(`There are ${most} download credentials, as many as there may be. Revoke one first.`);
  }
}
