import { DomainError } from '#libs/platform/errors/domain-error.js';

/** The call carries no access token, or one that is expired, revoked or not ours. */
export class SignInRequired extends DomainError {
  readonly code = 'sign-in-required';
  readonly status = 401;

  constructor(message = 'Sign in first: send the access token of a sign-in as "Authorization: Bearer …".') {
    super(message);
  }
}

/** User name or password is wrong, or the account is disabled; the answer does not say which. */
export class SignInRefused extends DomainError {
  readonly code = 'sign-in-refused';
  readonly status = 401;

  constructor() {
    super('The user name or the password is not right.');
  }
}

/** The first password, from another machine, after the time for setting up. Says nothing about whether it is still in force. */
export class FirstSignInElsewhere extends DomainError {
  readonly code = 'first-sign-in-elsewhere';
  readonly status = 403;

  constructor() {
    super(
      'The first password is accepted on the machine of the server itself, in the first 15 minutes after its first start, or together with the code that its log shows.',
    );
  }
}

/** Too many wrong passwords for this account or from this address. */
export class SignInBlocked extends DomainError {
  readonly code = 'sign-in-blocked';
  readonly status = 429;
  override readonly retryAfterSeconds: number;

  constructor(waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
    super(`Too many wrong passwords. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`);
    this.retryAfterSeconds = seconds;
  }
}

/** More passwords are being checked than this server can check at a time. */
export class SignInOverloaded extends DomainError {
  readonly code = 'sign-in-overloaded';
  readonly status = 503;
  override readonly retryAfterSeconds = 1;

  constructor() {
    super('The server is busy checking passwords. Try again in a moment.');
  }
}

/** The user may not do this. */
export class RoleTooLow extends DomainError {
  readonly code = 'role-too-low';
  readonly status = 403;

  constructor(minimum: string) {
    super(`This needs the role ${minimum}.`);
  }
}

/** The user signed in with a password that was given to them, and may do nothing but replace it. */
export class PasswordChangeRequired extends DomainError {
  readonly code = 'password-change-required';
  readonly status = 403;

  constructor() {
    super('Set a password of your own first: POST /api/admin/auth/password.');
  }
}

/** The current password that came with a new one is wrong. */
export class CurrentPasswordWrong extends DomainError {
  readonly code = 'current-password-wrong';
  readonly status = 403;

  constructor() {
    super('The current password is not right.');
  }
}

/** The account was changed by another request at the same time. */
export class AccountChanged extends DomainError {
  readonly code = 'account-changed';
  readonly status = 409;

  constructor() {
    super('The account was changed at the same time. Load it again and repeat what you did.');
  }
}

/** A page of another site tried to use the sign-in of this browser. */
export class CrossSiteRequest extends DomainError {
  readonly code = 'cross-site-request';
  readonly status = 403;

  constructor() {
    super('Requests that come from pages of other sites are not accepted here.');
  }
}

/** Only JSON is read here. */
export class JsonOnly extends DomainError {
  readonly code = 'json-only';
  readonly status = 415;

  constructor() {
    super('Send the body as application/json.');
  }
}
