import { DomainError } from '#libs/platform/errors/domain-error.js';

export class JamfNotSetUp extends DomainError {
  readonly code = 'jamf-not-set-up';
  readonly status = 404;
  constructor() {
    super('This server is not connected with Jamf Pro. Save a connection first.');
  }
}
