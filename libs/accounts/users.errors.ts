import { DomainError } from '#libs/platform/errors/domain-error.js';

export class UserNotFound extends DomainError {
  readonly code = 'user-not-found';
  readonly status = 404;
  constructor() {
    super('There is no such user.');
  }
}

export class UsernameTaken extends DomainError {
  readonly code = 'username-taken';
  readonly status = 409;
  constructor(username: string) {
    super(`There is a user ${username} already. Names are compared without case.`);
  }
}

/** At least one enabled account must be able to manage accounts. */
export class LastAdministrator extends DomainError {
  readonly code = 'last-administrator';
  readonly status = 409;
  constructor() {
    super('This is the last administrator who can sign in with a password. Make another user an administrator first.');
  }
}

/** One's own password is changed by giving the current one. */
export class OwnPassword extends DomainError {
  readonly code = 'own-password';
  readonly status = 409;
  constructor() {
    super('Change your own password with POST /api/admin/auth/password, which asks for the current one.');
  }
}

/** A program with an API token has neither a password nor a sign-in. */
export class PeopleOnly extends DomainError {
  readonly code = 'people-only';
  readonly status = 403;
  constructor() {
    super('This is for people who signed in; the call came with an API token.');
  }
}

/** Role and password of an external account are kept by the OpenID provider. */
export class ExternalAccount extends DomainError {
  readonly code = 'external-account';
  readonly status = 409;
  constructor() {
    super('This account signs in with the company: its role comes from its groups there, and it has no password here.');
  }
}
