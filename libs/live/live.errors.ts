import { DomainError } from '#libs/platform/errors/domain-error.js';

export class TooManyStreams extends DomainError {
  readonly code = 'too-many-streams';
  readonly status = 429;
  override readonly retryAfterSeconds = 10;
  constructor() {
    super('Too many streams of events are open. Close some, or try again later.');
  }
}
