import { DomainError } from '#libs/platform/errors/domain-error.js';

export class AuthorUnknown extends DomainError {
  readonly code = 'author-unknown';
  readonly status = 404;
  constructor() {
    super('No such server or key is known here as the author of packages.');
  }
}

export class RefusedWriteUnknown extends DomainError {
  readonly code = 'refused-write-unknown';
  readonly status = 404;
  constructor() {
    super('There is no such refused write. It may have been accepted, or its time to be kept has ended.');
  }
}

/** Only the rights are an administrator's to set aside: what is forged or malformed stays refused. */
export class RefusedWriteNotAcceptable extends DomainError {
  readonly code = 'refused-write-not-acceptable';
  readonly status = 409;
  constructor(reason: string) {
    super(`This write cannot be accepted: ${reason}`);
  }
}
