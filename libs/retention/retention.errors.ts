import { DomainError } from '#libs/platform/errors/domain-error.js';

/** What is removed is what was looked at. */
export class RetentionUnconfirmed extends DomainError {
  readonly code = 'retention-unconfirmed';
  readonly status = 409;
  constructor(packages: number) {
    super(`By the rules ${packages} packages would be removed now. Nothing was changed. If they are meant, send confirm=${packages}.`);
  }
}
