import { DomainError } from './domain-error.js';

/** The request is understood word for word, and wrong: says which field and why. */
export class InvalidRequest extends DomainError {
  readonly code = 'invalid-request';
  readonly status = 400;
  override readonly details: { errors: { pointer: string; detail: string }[] };

  constructor(errors: { pointer: string; detail: string }[]) {
    super(errors.map(({ detail }) => detail).join(' '));
    this.details = { errors };
  }
}

/** A limit of this server's disk was reached; nothing was written. */
export class DiskFull extends DomainError {
  readonly code = 'disk-full';
  readonly status = 507;

  constructor(detail = 'There is not enough free disk space on this server. Free some space or lower what is kept, then try again.') {
    super(detail);
  }
}
