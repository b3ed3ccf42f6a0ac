import { DomainError } from '#libs/platform/errors/domain-error.js';

export class MailNotSetUp extends DomainError {
  readonly code = 'mail-not-set-up';
  readonly status = 422;
  constructor() {
    super('E-mail is not set up. Save a mail server, a sender and at least one recipient first.');
  }
}

/** The mail server was not reached, or did not take the message; says why. */
export class MailRefused extends DomainError {
  readonly code = 'mail-refused';
  readonly status = 422;
}
