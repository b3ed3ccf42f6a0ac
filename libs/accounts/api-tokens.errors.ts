import { DomainError } from '#libs/platform/errors/domain-error.js';

export class TokenNotFound extends DomainError {
  readonly code = 'token-not-found';
  readonly status = 404;
  constructor() {
    super('There is no such token.');
  }
}

export class TokenNameTaken extends DomainError {
  readonly code = 'token-name-taken';
  readonly status = 409;
  constructor(name: string) {
    super(`There is a token ${name} already. Give each program a token of its own name.`);
  }
}

export class AccountUnknown extends DomainError {
  readonly code = 'account-unknown';
  readonly status = 422;
  constructor(name: string) {
    super(
      `There is no service account ${name}. Create it among the users, with "service": true; a token can also belong to your own account.`,
    );
  }
}
