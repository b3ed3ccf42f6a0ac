import { DomainError } from '#libs/platform/errors/domain-error.js';

export class MunkiFileNotFound extends DomainError {
  readonly code = 'munki-file-not-found';
  readonly status = 404;
  constructor(path: string) {
    super(`The Munki repository has no file "${path}".`);
  }
}
