import { DomainError } from '#libs/platform/errors/domain-error.js';

/** It was never set up, or an administrator switched it off. */
export class OidcOff extends DomainError {
  readonly code = 'oidc-off';
  readonly status = 404;
  constructor() {
    super('Sign-in with the company is switched off at this server. Sign in with a user name and a password.');
  }
}

/** The provider sends browsers back to one address; a sign-in that begins at another one could not end. */
export class OidcElsewhere extends DomainError {
  readonly code = 'oidc-elsewhere';
  readonly status = 409;
  constructor(consoleUrl: string) {
    super(`Open the console at ${consoleUrl} to sign in with the company: the provider sends you back there.`);
  }
}

/** The provider does not answer, or not as it should. */
export class OidcProviderFailed extends DomainError {
  readonly code = 'oidc-provider-failed';
  readonly status = 502;
  /** Not why: whoever is not signed in learns nothing of the network that this server is in. The log says it. */
  constructor(label: string, isAway: boolean) {
    const what = isAway ? 'does not answer as it should' : 'answers what this server cannot use';
    super(`Signing in with ${label} does not work at the moment: the provider ${what}. Local accounts can sign in with their passwords.`);
  }
}

/** More sign-ins were begun from one address than people begin. */
export class SignInTooOften extends DomainError {
  readonly code = 'sign-in-too-often';
  readonly status = 429;
  override readonly retryAfterSeconds: number;
  constructor(waitMs: number) {
    super('Too many sign-ins were begun from this address. Wait a moment.');
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  }
}
