import { DomainError } from './domain-error.js';

/** One reference token of a JSON pointer (RFC 6901). */
export const pointerPart = (name: string): string => name.replace(/~/g, '~0').replace(/\//g, '~1');

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

/** The database cannot be trusted or written: other servers get nothing from it, and ask again later. */
export class DatabaseUnsound extends DomainError {
  readonly code = 'database-unsound';
  readonly status = 503;
  constructor(isDamaged: boolean) {
    super(
      isDamaged
        ? 'The database of this server is damaged. An administrator has to restore it.'
        : 'The disk of this server is full. It serves downloads only, until there is room.',
    );
  }
}
