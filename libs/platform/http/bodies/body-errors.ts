import { humanBytes } from '../../format/human-bytes.js';
import { DomainError } from '../../errors/domain-error.js';

/** Longer than the route takes. */
export class BodyTooLarge extends DomainError {
  readonly code = 'body-too-large';
  readonly status = 413;

  constructor(maxBytes: number) {
    super(`The body is too large: this call takes at most ${humanBytes(maxBytes)}.`);
  }
}

/** The body did not arrive in time. */
export class BodyTooSlow extends DomainError {
  readonly code = 'body-too-slow';
  readonly status = 408;

  constructor(seconds: number) {
    super(`The body did not arrive within ${seconds} seconds. Send it again.`);
  }
}

/** The client ended the connection, or announced another length than it sent. */
export class BodyIncomplete extends DomainError {
  readonly code = 'body-incomplete';
  readonly status = 400;

  constructor() {
    super('The body ended before its announced length. Send it again.');
  }
}

/** As many bodies are on their way as this server reads at a time. */
export class TooManyBodies extends DomainError {
  readonly code = 'too-many-bodies';
  readonly status = 503;
  override readonly retryAfterSeconds = 2;

  constructor() {
    super('Too many requests are being received at the same time. Send it again in a moment.');
  }
}

/** The body is no JSON that this call works with. */
export class JsonRefused extends DomainError {
  readonly code = 'json-refused';
  readonly status = 400;
}

/** The call takes another kind of body. */
export class BodyKindRefused extends DomainError {
  readonly code = 'body-kind-refused';
  readonly status = 415;

  constructor() {
    super('This call does not take a body of that content type. JSON is sent as application/json.');
  }
}
